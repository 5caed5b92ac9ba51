package sip

import (
	"cmp"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestEveryRequestAnswersEveryChallenge is algorithm × qop × stale × realms × request, with
// a peer that verifies each digest by itself (RFC 7616 §3.4): INVITE, ACK, PRACK,
// re-INVITE, UPDATE, REFER and BYE of a call that we make, NOTIFY, re-INVITE and BYE of
// one that we take, REGISTER and OPTIONS.
func TestEveryRequestAnswersEveryChallenge(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"", "md5", "SHA-256", "SHA-512-256", "MD5-sess", "sha-256-Sess"} {
		for _, qop := range []string{"", "auth", "auth-int", "auth-int, auth"} {
			for _, ages := range []bool{false, true} {
				for realms := 1; realms <= 3; realms++ {
					name := fmt.Sprintf("%s/%s/stale %t/%d realms", algorithm, qop, ages, realms)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						list := func() []*digestRealm { return realmsOnTheWay(realms, algorithm, qop, ages) }
						t.Run("a call of ours", func(t *testing.T) { callThrough(t, list()) })
						t.Run("a call to us", func(t *testing.T) { callFrom(t, list()) })
						t.Run("outside calls", func(t *testing.T) { registerThrough(t, list()) })
					})
				}
			}
		}
	}
}

// TestProxyAndCalleeAreAnsweredTogether asks that the third INVITE shows the proxy its
// nonce a second time beside the callee's first.
func TestProxyAndCalleeAreAnsweredTogether(t *testing.T) {
	t.Parallel()
	phone, peer, via := guarded(t, realmsOnTheWay(2, "MD5", "auth", false))
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	next(t, phone).Answer()
	expect[call.Answered](t, made)
	if n := distinct(phone, isRequest("INVITE", false)); n != 3 {
		t.Errorf("%d INVITEs", n)
	}
	m := peer.got("INVITE")[0]
	if proxy, callee := m.Get("Proxy-Authorization"), m.Get("Authorization"); !strings.Contains(proxy, "nc=00000002") || !strings.Contains(callee, "nc=00000001") {
		t.Errorf("to the proxy %s, to the callee %s", proxy, callee)
	}
}

// TestChallengesInOneResponseAreAnsweredTogether has a proxy that gives the challenges of
// another proxy and of the callee, or of the registrar behind it, in one response
// (RFC 3261 §16.7, §22.3): the second request has the answers to both.
func TestChallengesInOneResponseAreAnsweredTogether(t *testing.T) {
	t.Parallel()
	for _, status := range []int{401, 407} {
		phone, peer, via := guarded(t, realmsOnTheWay(2, "SHA-256", "auth", false))
		peer.together = status
		phone.Registrar()
		via.Domain, via.Register = "provider.example", &trunk.Registration{User: "us", Expires: 10 * time.Minute}
		r := newRig(t, nil, via)
		eventually(t, func() bool { return r.TrunkRegistration("carrier").State == Registered })
		made := r.dial(t, "+15557770000")
		next(t, phone).Answer()
		expect[call.Answered](t, made)
		for _, method := range []string{"REGISTER", "INVITE"} {
			if n := distinct(phone, isRequest(method, false)); n != 2 {
				t.Errorf("%d: %d %ss", status, n, method)
			}
			if m := peer.got(method)[0]; m.Get("Authorization") == "" || m.Get("Proxy-Authorization") == "" || !strings.Contains(m.URI(), "provider.example") {
				t.Errorf("%d: %s\n%v", status, m.Start, m.Fields)
			}
		}
		if wrong := peer.wrongs(); len(wrong) > 0 {
			t.Errorf("%d: %q", status, wrong)
		}
	}
}

// TestPasswordIsShownOncePerRefusal asks that who refuses it is not asked again: neither by
// an INVITE, nor by a BYE, nor by a REGISTER, nor by the next ping.
func TestPasswordIsShownOncePerRefusal(t *testing.T) {
	t.Parallel()
	t.Run("INVITE", func(t *testing.T) {
		t.Parallel()
		_, peer, via := guarded(t, []*digestRealm{{name: "a", proxy: true}, {name: "b", deaf: true}})
		r := newRig(t, nil, via)
		if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Forbidden || why.SIP.Code != 401 {
			t.Errorf("reason is %+v", why)
		}
		if n := peer.refused(); n != 3 {
			t.Errorf("%d challenges", n)
		}
	})
	t.Run("BYE", func(t *testing.T) {
		t.Parallel()
		phone, peer, via := guarded(t, nil)
		r := newRig(t, nil, via)
		made := r.dial(t, "+15557770000")
		next(t, phone).Answer()
		expect[call.Answered](t, made)
		peer.ask(&digestRealm{name: "a", deaf: true})
		made.End(call.Reason{})
		expect[call.Ended](t, made)
		eventually(t, func() bool { return r.Legs() == 0 })
		if n := peer.refused(); n != 2 {
			t.Errorf("%d challenges", n)
		}
	})
	t.Run("REGISTER", func(t *testing.T) {
		t.Parallel()
		phone, peer, via := guarded(t, []*digestRealm{{name: "a", deaf: true}})
		phone.Registrar()
		via.Register = &trunk.Registration{Expires: time.Minute}
		r := newRig(t, func(c *Config) { c.RegisterRetry = time.Hour }, via)
		eventually(t, func() bool { return r.TrunkRegistration("carrier").State == NotRegistered })
		if n := peer.refused(); n != 2 {
			t.Errorf("%d challenges", n)
		}
	})
	t.Run("OPTIONS", func(t *testing.T) {
		t.Parallel()
		phone, peer, via := guarded(t, []*digestRealm{{name: "a", deaf: true}})
		via.Ping = 20 * time.Millisecond
		r := newRig(t, nil, via)
		eventually(t, func() bool { return distinct(phone, isRequest("OPTIONS", false)) >= 5 })
		health, _ := r.Health("carrier")
		shown := distinct(phone, func(e siptest.Entry) bool {
			return isRequest("OPTIONS", false)(e) && e.Message.Get("Authorization") != ""
		})
		if shown != 1 || health.State != Online || peer.refused() < 5 {
			t.Errorf("the password was shown %d times, %+v", shown, health)
		}
	})
}

// TestEndlessChallengesEnd asks that a peer whose nonces are always stale gets no more than
// a few answers to one request.
func TestEndlessChallengesEnd(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	via.Username, via.Password = "us", "hunter2"
	n := 0
	phone.Guarding(func(*siptest.Message) (int, []siptest.Field) {
		n++
		return 401, []siptest.Field{{Name: "WWW-Authenticate", Value: fmt.Sprintf(`Digest realm="a", nonce="%d", stale=true`, n)}}
	})
	r := newRig(t, nil, via)
	expect[call.Ended](t, r.dial(t, "+15557770000"))
	if n := distinct(phone, isRequest("INVITE", false)); n != maxRefusals+1 {
		t.Errorf("%d INVITEs", n)
	}
}

// TestStrongestAlgorithmIsAnswered asks that of several challenges of a realm one is
// answered, whatever the order, and that those which nobody can answer do no harm.
func TestStrongestAlgorithmIsAnswered(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		offered []string
		want    string
	}{
		"the strongest first": {[]string{`Digest realm="a", nonce="1", algorithm=SHA-512-256`, `Digest realm="a", nonce="2", algorithm=SHA-256`, `Digest realm="a", nonce="3", algorithm=MD5`}, "SHA-512-256"},
		"the strongest last":  {[]string{`Digest realm="a", nonce="1", algorithm=MD5`, `Digest realm="a", nonce="2", algorithm="sha-256"`}, "sha-256"},
		"none is MD5":         {[]string{`Digest realm="a", nonce="1"`, `Digest realm="a", nonce="2", algorithm=SHA-256`}, "SHA-256"},
		"unknown ones":        {[]string{`Basic realm="a"`, `Digest realm="a", nonce="0", algorithm=AKAv1-MD5`, `Digest realm="a", nonce="1", algorithm=MD5, qop="auth-conf"`, `Digest realm="a", nonce="2", algorithm=MD5, qop="auth-conf, Auth"`}, "MD5"},
		"without sessions":    {[]string{`Digest realm="a", nonce="1", algorithm=MD5`, `Digest realm="a", nonce="2", algorithm=SHA-256-sess`, `Digest realm="a", nonce="3", algorithm="SHA-256"`}, "SHA-256"},
		"all unknown":         {[]string{`Basic realm="a"`, `Digest realm="a", nonce="0", algorithm=AKAv1-MD5`, `Digest realm="a"`, `NTLM`}, ""},
	} {
		response := sip.NewResponse(401, "Unauthorized")
		for _, value := range test.offered {
			response.AppendHeader(sip.NewHeader("WWW-Authenticate", value))
		}
		got := challengesIn(response)
		if test.want == "" && len(got) > 0 || test.want != "" && (len(got) != 1 || got[0].algorithm != test.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestNextNonceIsUsed asks that the nonce that an answer tells is taken for the next
// request, and that the ACK keeps the INVITE's (RFC 7616 §3.5).
func TestNextNonceIsUsed(t *testing.T) {
	t.Parallel()
	for algorithm, proxy := range map[string]bool{"": false, "MD5": true, "SHA-256-sess": false, "MD5-sess": true} {
		realm := &digestRealm{name: "a", proxy: proxy, algorithm: algorithm, qop: "auth"}
		phone, peer, via := guarded(t, []*digestRealm{realm})
		peer.tell(func(r *digestRealm) []siptest.Field {
			session := ""
			for _, use := range r.nonces {
				use.stale, session = true, cmp.Or(use.session, session)
			}
			r.nonces["next"] = &nonceUse{session: session} // it goes on: RFC 7616 §3.4.2
			name := "Authentication-Info"
			if r.proxy {
				name = "Proxy-" + name
			}
			return []siptest.Field{{Name: name, Value: `nextnonce="next", qop=auth`}}
		})
		r := newRig(t, nil, via)
		made := r.dial(t, "+15557770000")
		taken := next(t, phone)
		taken.Answer()
		expect[call.Answered](t, made)
		made.End(call.Reason{})
		if err := taken.WaitEnded(within(t)); err != nil {
			t.Fatal(err)
		}
		expect[call.Ended](t, made)
		if peer.refused() != 1 || len(peer.wrongs()) > 0 {
			t.Errorf("%d challenges, %q", peer.refused(), peer.wrongs())
		}
		checkACKs(t, phone, peer)
	}
}

// TestAgedNonceIsReplacedInALaterRequest has nonces that age while the session timer
// runs: the refresh is sent again, each time, and so is the BYE.
func TestAgedNonceIsReplacedInALaterRequest(t *testing.T) {
	t.Parallel()
	phone, peer, via := guarded(t, []*digestRealm{{name: "a", qop: "auth", ages: true}})
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Answer()
	expect[call.Answered](t, made)
	l := made.Leg.(*leg)
	for n := range 2 { // later requests, each with a nonce that has aged
		eventually(t, func() bool { return idle(l) })
		l.post(func() { l.sendRefresh(sip.INVITE) })
		accepts(t, peer, "INVITE", 2+n)
	}
	eventually(t, func() bool { return idle(l) })
	made.End(call.Reason{})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, made).Reason; why.Kind == call.Vanished || len(peer.got("BYE")) != 1 || len(peer.wrongs()) > 0 {
		t.Errorf("%+v, %q", why, peer.wrongs())
	}
}

// TestCancelBearsNoCredentials asks that a challenge to it changes nothing: nobody may
// challenge a CANCEL, since it cannot be sent again (RFC 3261 §22.1).
func TestCancelBearsNoCredentials(t *testing.T) {
	t.Parallel()
	phone, _, via := guarded(t, realmsOnTheWay(2, "MD5", "auth", false))
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Ring()
	expect[call.Ringing](t, made)
	made.End(call.Reason{})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, made)
	list := once(phone, isRequest("CANCEL", false))
	if len(list) != 1 || list[0].Get("Authorization")+list[0].Get("Proxy-Authorization") != "" {
		t.Errorf("%d CANCELs: %+v", len(list), list)
	}
}

// TestForgedCallerGetsNoDigest has a caller with the address of a trunk whose Contact is
// elsewhere: a challenge from there would have a digest of the password to guess from.
func TestForgedCallerGetsNoDigest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, trunk.Trunk{Name: "carrier", Host: "127.0.0.2", Username: "us", Password: "hunter2"})
	elsewhere, err := siptest.New(siptest.Config{T1: t1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(elsewhere.Close)
	elsewhere.Guarding((&digestPeer{realms: []*digestRealm{{name: "a"}}}).guard)
	phone, err := siptest.New(siptest.Config{Listen: "127.0.0.2:0", Server: r.Addr().String(), T1: t1})
	if err != nil {
		t.Skip("127.0.0.2 is no address of this machine:", err)
	}
	t.Cleanup(phone.Close)
	_, port, _ := net.SplitHostPort(elsewhere.Addr().String())
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "Contact", Value: "<sip:phone@localhost:" + port + ">"}}})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	taken.End(call.Reason{})
	expect[call.Ended](t, taken)
	eventually(t, func() bool { return r.Legs() == 0 })
	if list := once(elsewhere, isRequest("BYE", false)); len(list) != 1 || list[0].Get("Authorization") != "" {
		t.Errorf("%d BYEs: %+v", len(list), list)
	}
}
