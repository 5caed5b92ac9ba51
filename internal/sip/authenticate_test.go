package sip

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// roaming is a trunk without a fixed address, and one that local phones are no part of.
func roaming() trunk.Trunk {
	return trunk.Trunk{Name: "roaming", InboundUsername: "alice", InboundPassword: "secret"}
}

// callWith calls with credentials and returns what decided over the call; nil
// where it rings.
func callWith(t *testing.T, r *rig, phone *siptest.Phone, header string) *siptest.Message {
	t.Helper()
	var fields []siptest.Field
	if header != "" {
		fields = []siptest.Field{{Name: "Authorization", Value: header}}
	}
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- made.WaitEnded(within(t)) }()
	select {
	case taken := <-r.application.arrived:
		taken.Answer()
		if err := made.WaitAnswered(within(t)); err != nil {
			t.Fatal(err)
		}
		if err := made.Hangup(within(t)); err != nil {
			t.Fatal(err)
		}
		return nil
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
		return made.Last()
	}
}

// sign answers the challenge of an algorithm.
func sign(t *testing.T, refusal *siptest.Message, algorithm, user, password string, count int) string {
	t.Helper()
	return signFor(t, "sip:+15551230001@x", refusal, algorithm, user, password, count)
}

// signFor signs a request for somebody.
func signFor(t *testing.T, uri string, refusal *siptest.Message, algorithm, user, password string, count int) string {
	t.Helper()
	for _, value := range refusal.All("WWW-Authenticate") {
		challenge, err := digest.ParseChallenge(value)
		if err != nil {
			t.Fatal(err)
		}
		if challenge.Algorithm != algorithm {
			continue
		}
		answer, err := digest.Digest(challenge, digest.Options{Method: "INVITE", URI: uri, Username: user, Password: password, Count: count})
		if err != nil {
			t.Fatal(err)
		}
		return answer.String()
	}
	t.Fatalf("no challenge of %s in %v", algorithm, refusal)
	return ""
}

// TestTrunkWithoutAnAddressShowsCredentials asks for calls over each transport,
// with each algorithm, and that a nonce serves several calls.
func TestTrunkWithoutAnAddressShowsCredentials(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			r := newRig(t, nil, roaming())
			phone := r.phone(t, func(c *siptest.Config) { c.Transport = transport })
			refusal := callWith(t, r, phone, "")
			if refusal == nil || refusal.Status() != 401 {
				t.Fatalf("without credentials: %v", refusal)
			}
			for n, algorithm := range []string{"MD5", "SHA-256", "MD5"} {
				if got := callWith(t, r, phone, sign(t, refusal, algorithm, "alice", "secret", n+1)); got != nil {
					t.Errorf("%s, use %d: %s", algorithm, n+1, got.Start)
				}
			}
		})
	}
}

// TestCredentialsAreForTheirRequest asks that a proxy may change the host that was
// signed, that the host may stand alone, and that another callee is not let in.
func TestCredentialsAreForTheirRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	phone := r.phone(t, nil)
	for uri, want := range map[string]int{
		"sip:+15551230001@elsewhere.test": 200, "sip:127.0.0.1:5060": 200, "sip:+15559990001@x": 401, "no uri": 401,
	} {
		refusal := callWith(t, r, phone, "")
		got := 200
		if refused := callWith(t, r, phone, signFor(t, uri, refusal, "MD5", "alice", "secret", 1)); refused != nil {
			got = refused.Status()
		}
		if got != want {
			t.Errorf("signed for %s: %d, want %d", uri, got, want)
		}
	}
}

// TestChallengesAreInTheConfiguredOrder asks for MD5 first where nothing else is said.
func TestChallengesAreInTheConfiguredOrder(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ digests, want []string }{
		{nil, []string{"MD5", "SHA-256"}}, {[]string{"SHA-256", "MD5"}, []string{"SHA-256", "MD5"}}, {[]string{"SHA-256"}, []string{"SHA-256"}},
	} {
		r := newRig(t, func(c *Config) { c.Digests = test.digests }, roaming())
		var got []string
		for _, value := range callWith(t, r, r.phone(t, nil), "").All("WWW-Authenticate") {
			challenge, err := digest.ParseChallenge(value)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, challenge.Algorithm)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("with %v: %v, want %v", test.digests, got, test.want)
		}
	}
}

// TestAlgorithmsThatAreNotOfferedAreNotTaken, though the password is right.
func TestAlgorithmsThatAreNotOfferedAreNotTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Digests = []string{"SHA-256"} }, roaming())
	phone := r.phone(t, nil)
	for _, algorithm := range []string{"MD5", ""} {
		challenge, err := digest.ParseChallenge(callWith(t, r, phone, "").Get("WWW-Authenticate"))
		if err != nil {
			t.Fatal(err)
		}
		challenge.Algorithm = algorithm
		answer, err := digest.Digest(challenge, digest.Options{Method: "INVITE", URI: "sip:+15551230001@x", Username: "alice", Password: "secret", Count: 1})
		if err != nil {
			t.Fatal(err)
		}
		if got := callWith(t, r, phone, answer.String()); got == nil || got.Status() != 401 {
			t.Errorf("%q: %v", algorithm, got)
		}
	}
}

// TestWrongCredentialsAreRefused asks for 403, whether the name is known or not.
func TestWrongCredentialsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	phone := r.phone(t, nil)
	refusal := callWith(t, r, phone, "")
	for _, who := range [][2]string{{"alice", "guess"}, {"mallory", "secret"}, {"mallory", ""}} {
		if got := callWith(t, r, phone, sign(t, refusal, "MD5", who[0], who[1], 1)); got == nil || got.Status() != 403 {
			t.Errorf("%v: %v", who, got)
		}
	}
}

// TestReplayedCredentialsAreStale asks that overheard credentials open nothing,
// and that an honest caller is told to sign anew.
func TestReplayedCredentialsAreStale(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	phone := r.phone(t, nil)
	refusal := callWith(t, r, phone, "")
	used := sign(t, refusal, "MD5", "alice", "secret", 2)
	if got := callWith(t, r, phone, used); got != nil {
		t.Fatal(got.Start)
	}
	for name, header := range map[string]string{"the same": used, "an earlier count": sign(t, refusal, "MD5", "alice", "secret", 1)} {
		got := callWith(t, r, phone, header)
		if got == nil || got.Status() != 401 {
			t.Fatalf("%s: %v", name, got)
		}
		challenge, err := digest.ParseChallenge(got.Get("WWW-Authenticate"))
		if err != nil || !challenge.Stale {
			t.Errorf("%s: %v, %+v", name, err, challenge)
		}
		if again := callWith(t, r, phone, sign(t, got, "MD5", "alice", "secret", 1)); again != nil {
			t.Errorf("signed anew: %s", again.Start)
		}
	}
}

// TestSourcesNeedNoCredentials asks that source lists stay what they are.
func TestSourcesNeedNoCredentials(t *testing.T) {
	t.Parallel()
	both := roaming()
	both.Sources = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	r := newRig(t, nil, both)
	if got := callWith(t, r, r.phone(t, nil), ""); got != nil {
		t.Error(got.Start)
	}
}
