package sip

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// realmsOnTheWay are a callee, or a proxy and a callee, or two proxies and a callee. The
// last proxy and the callee have the same name, as those of one provider do.
func realmsOnTheWay(n int, algorithm, qop string, ages bool) (list []*digestRealm) {
	for i := range n {
		list = append(list, &digestRealm{
			name: fmt.Sprintf("realm %d, of a provider", min(i, 1)), proxy: i < n-1, algorithm: algorithm, qop: qop,
			opaque: []string{"o0", "", "none"}[i], ages: ages,
		})
	}
	return list
}

// guarded is a phone behind a peer that wants digests, and the trunk that leads to it.
func guarded(t *testing.T, realms []*digestRealm) (*siptest.Phone, *digestPeer, trunk.Trunk) {
	t.Helper()
	phone, via := callee(t, "carrier", nil)
	via.Username, via.Password, via.Refer = "us", "hunter2", trunk.ReferAlways
	peer := &digestPeer{user: "us", password: "hunter2", realms: realms}
	phone.Guarding(peer.guard)
	return phone, peer, via
}

// callThrough makes a call with every request that we send in one.
func callThrough(t *testing.T, realms []*digestRealm) {
	phone, peer, via := guarded(t, realms)
	r := newRig(t, nil, via)
	r.noTCP.Put(addressOf(phone.Addr()), struct{}{}, time.Now()) // the port may be another server's over TCP, and the INVITE is large
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	if err := taken.Progress(siptest.Field{Name: "Require", Value: "100rel"}, siptest.Field{Name: "RSeq", Value: "7"}); err != nil {
		t.Fatal(err)
	}
	expect[call.Ringing](t, made)
	expect[call.EarlySound](t, made)
	accepts(t, peer, "PRACK", 1)
	taken.Answer()
	expect[call.Answered](t, made)
	l := made.Leg.(*leg)
	for _, method := range []sip.RequestMethod{sip.INVITE, sip.UPDATE} {
		l.post(func() { l.sendRefresh(method) })
		accepts(t, peer, string(method), map[sip.RequestMethod]int{sip.INVITE: 2, sip.UPDATE: 1}[method])
		eventually(t, func() bool { return idle(l) })
	}
	l.Refer(call.Invitation{To: mustPhone(t, "+15557770001")}, patience, func(call.Referral) {})
	accepts(t, peer, "REFER", 1)
	eventually(t, func() bool { return referring(l) == referAccepted })
	made.End(call.Reason{})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err, peer.wrongs())
	}
	expect[call.Ended](t, made)
	if n := len(peer.got("BYE")); n != 1 {
		t.Errorf("%d BYEs were accepted", n)
	}
	checkSequence(t, phone)
	checkACKs(t, phone, peer)
	if wrong := peer.wrongs(); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
}

// callFrom takes a call whose caller wants to know who we are.
func callFrom(t *testing.T, realms []*digestRealm) {
	_, _, via := guarded(t, nil)
	via.AcceptRefer = trunk.AcceptAny
	peer := &digestPeer{user: "us", password: "hunter2", realms: realms}
	r := newRig(t, nil, via)
	phone := r.phone(t, nil)
	phone.Guarding(peer.guard)
	made, taken := r.connect(t, phone)
	l := taken.Leg.(*leg)
	l.post(func() { l.sendRefresh(sip.INVITE) })
	accepts(t, peer, "INVITE", 1)
	eventually(t, func() bool { return idle(l) })
	if answer := hands(t, made, referTo("<sip:+15557770000@pbx.example>")); answer.Status() != 202 {
		t.Fatal(answer.Start)
	}
	want := expect[call.TransferWanted](t, taken)
	want.Tell(call.Referral{Outcome: call.ReferralAnswered})
	accepts(t, peer, "NOTIFY", 2)
	taken.End(call.Reason{Kind: call.EndedByPeer})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err, peer.wrongs())
	}
	expect[call.Ended](t, taken)
	checkSequence(t, phone)
	checkACKs(t, phone, peer)
	if wrong := peer.wrongs(); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
}

// registerThrough registers, pings and withdraws the registration.
func registerThrough(t *testing.T, realms []*digestRealm) {
	phone, peer, via := guarded(t, realms)
	phone.Registrar()
	via.Register, via.Ping = &trunk.Registration{Expires: 10 * time.Minute}, 2*time.Second
	r := newRig(t, func(c *Config) { // a busy machine may need another try, and longer
		c.RegisterRetry, c.withdrawTime = 100*time.Millisecond, 20*time.Second
	}, via)
	eventually(t, func() bool { return r.TrunkRegistration("carrier").State == Registered })
	accepts(t, peer, "OPTIONS", 1)
	r.Close()
	if n := len(peer.got("REGISTER")); n < 2 {
		t.Errorf("%d REGISTERs were accepted", n)
	}
	if wrong := peer.wrongs(); len(wrong) > 0 {
		t.Errorf("%q", wrong)
	}
}

// accepts waits until the peer has taken so many requests of a method.
func accepts(t *testing.T, peer *digestPeer, method string, n int) {
	t.Helper()
	for limit := time.Now().Add(patience); len(peer.got(method)) < n; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("the peer has taken %d of %d %s: %q", len(peer.got(method)), n, method, peer.wrongs())
		}
	}
}

// idle reports whether nobody changes or refreshes a leg's session.
func idle(l *leg) bool {
	is := make(chan bool, 1)
	return l.post(func() { is <- l.pendingRefresh == nil && l.pendingAnswer == nil }) && <-is
}

// referring is the state of a leg's REFER.
func referring(l *leg) sentReferState {
	is := make(chan sentReferState, 1)
	l.post(func() { is <- l.sentRefer.state })
	return <-is
}

// checkSequence asks that each request of ours but ACK has a CSeq above the last one's.
func checkSequence(t *testing.T, phone *siptest.Phone) {
	t.Helper()
	last := make(map[string]int)
	for _, m := range once(phone, func(e siptest.Entry) bool {
		return !e.Sent && e.Message.IsRequest() && e.Message.Method() != "ACK" && e.Message.Method() != "OPTIONS"
	}) {
		if id := m.Get("Call-ID"); m.CSeq() <= last[id] {
			t.Errorf("%s has CSeq %d after %d", m.Method(), m.CSeq(), last[id])
		} else {
			last[id] = m.CSeq()
		}
	}
}

// checkACKs asks that the ACK of each accepted INVITE has the INVITE's credentials
// (RFC 3261 §22.1).
func checkACKs(t *testing.T, phone *siptest.Phone, peer *digestPeer) {
	t.Helper()
	for _, invite := range peer.got("INVITE") {
		at := slices.IndexFunc(phone.Log(), func(e siptest.Entry) bool {
			return isRequest("ACK", false)(e) && e.Message.CSeq() == invite.CSeq()
		})
		if at < 0 {
			t.Errorf("INVITE %d has no ACK", invite.CSeq())
			continue
		}
		for _, name := range []string{"Authorization", "Proxy-Authorization"} {
			if ack := phone.Log()[at].Message; !slices.Equal(ack.All(name), invite.All(name)) {
				t.Errorf("%s of the ACK is %q, of INVITE %d %q", name, ack.All(name), invite.CSeq(), invite.All(name))
			}
		}
	}
}
