package gate

import (
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// neighbourhood is whom a gate's test knows.
type neighbourhood struct {
	trunk        netip.Addr
	registered   netip.AddrPort
	call         string
	authenticate bool
}

func (n neighbourhood) IsEmergency(user string) bool          { return user == "112" }
func (n neighbourhood) IsTrunk(a netip.Addr) bool             { return a == n.trunk }
func (n neighbourhood) IsRegistered(from netip.AddrPort) bool { return from == n.registered }
func (n neighbourhood) HasCall(callID string) bool            { return callID == n.call }
func (n neighbourhood) Authenticates() bool                   { return n.authenticate }

var (
	trunkAddr  = netip.MustParseAddrPort("192.0.2.1:5060")
	phoneAddr  = netip.MustParseAddrPort("198.51.100.7:40000")
	nobodyAddr = netip.MustParseAddrPort("203.0.113.9:5060")
	start      = time.Unix(1_800_000_000, 0)
)

// newGate makes a gate that knows a trunk, a phone and a call; strain is how much
// there is to do.
func newGate(authenticate bool, strain *float64) *Gate {
	return New(Config{
		Peers: neighbourhood{trunkAddr.Addr(), phoneAddr, "running", authenticate}, Realm: "Switchhook", Algorithms: []string{"MD5", "SHA-256"},
		UnknownLife: 10 * time.Second, Log: slog.New(slog.DiscardHandler),
		Measure: func(time.Time, time.Duration) Sample {
			if strain == nil {
				return Sample{}
			}
			return Sample{Others: *strain}
		},
	})
}

// message writes a request; the To tag, or more fields, stand in extra.
func message(method, callID, toTag string, extra ...string) string {
	to := "<sip:+15551230001@127.0.0.1>"
	if toTag != "" {
		to += ";tag=" + toTag
	}
	return method + " sip:+15551230001@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bK" + callID + ";rport\r\n" +
		"Max-Forwards: 70\r\nFrom: <sip:+15550100@127.0.0.1>;tag=f\r\nTo: " + to + "\r\nCall-ID: " + callID + "\r\nCSeq: 1 " + method + "\r\n" +
		"Contact: <sip:a@10.0.0.1>\r\n" + strings.Join(extra, "") + "Content-Length: 0\r\n\r\n"
}

// TestDatagramsAreJudgedByTheirSource asks what passes, and what answers the rest.
func TestDatagramsAreJudgedByTheirSource(t *testing.T) {
	t.Parallel()
	answer := "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKq\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: q\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
	for name, test := range map[string]struct {
		from         netip.AddrPort
		data         string
		authenticate bool
		pass         bool
		reply        string
	}{
		"a trunk calls":                      {from: trunkAddr, data: message("INVITE", "a", ""), pass: true},
		"a trunk's nonsense":                 {from: trunkAddr, data: "nonsense", pass: true},
		"nobody calls":                       {from: nobodyAddr, data: message("INVITE", "a", ""), reply: "SIP/2.0 403 "},
		"nobody calls where some sign":       {from: nobodyAddr, data: message("INVITE", "a", ""), authenticate: true, reply: "SIP/2.0 401 "},
		"nobody cancels where some sign":     {from: nobodyAddr, data: message("CANCEL", "a", ""), authenticate: true, reply: "SIP/2.0 403 "},
		"nobody acknowledges":                {from: nobodyAddr, data: message("ACK", "a", "x")},
		"nobody knows a call":                {from: nobodyAddr, data: message("BYE", "running", "x"), pass: true},
		"nobody calls with a known Call-ID":  {from: nobodyAddr, data: message("INVITE", "running", ""), authenticate: true, reply: "SIP/2.0 401 "},
		"nobody cancels a call":              {from: nobodyAddr, data: message("CANCEL", "running", ""), pass: true},
		"nobody names no Via":                {from: nobodyAddr, data: "OPTIONS sip:a SIP/2.0\r\ni: 1\r\n\r\n", authenticate: true},
		"nobody answers":                     {from: nobodyAddr, data: answer},
		"nobody's nonsense":                  {from: nobodyAddr, data: "nonsense"},
		"nobody keeps a NAT open":            {from: nobodyAddr, data: "\r\n\r\n"},
		"a phone answers":                    {from: phoneAddr, data: answer, pass: true},
		"a phone calls without credentials":  {from: phoneAddr, data: message("INVITE", "a", ""), authenticate: true, reply: "SIP/2.0 401 "},
		"nobody signs a nonce of nobody":     {from: nobodyAddr, data: message("INVITE", "a", "", authorization("made-up")), authenticate: true, reply: "SIP/2.0 401 "},
		"an ACK of a refusal without a call": {from: trunkAddr, data: message("ACK", "a", "xabc")},
		"an ACK of a call":                   {from: trunkAddr, data: message("ACK", "a", "abc"), pass: true},
	} {
		g := newGate(test.authenticate, nil)
		pass, read, reply := g.Datagram([]byte(test.data), test.from, start)
		if pass != test.pass || (test.reply == "") != (reply.Data == nil) || !strings.HasPrefix(string(reply.Data), test.reply) {
			t.Errorf("%s: passes %t, answered with %.40q", name, pass, reply.Data)
		}
		if pass && (read != nil) != (test.from != trunkAddr) {
			t.Errorf("%s: it was read: %t", name, read != nil)
		}
	}
}

func authorization(nonce string) string {
	return `Authorization: Digest username="alice", realm="Switchhook", nonce="` + nonce + `", uri="sip:+15551230001@127.0.0.1", response="0", algorithm=MD5` + "\r\n"
}

// TestFreshNonceMayCostATransaction asks that a request which signs a nonce of
// ours is read, and one that signs an old one is challenged.
func TestFreshNonceMayCostATransaction(t *testing.T) {
	t.Parallel()
	g := newGate(true, nil)
	nonce := g.Digest.nonces.fresh(netip.Addr{}, start)
	for _, test := range []struct {
		age  time.Duration
		want bool
	}{{0, true}, {nonceLife - 1, true}, {nonceLife, false}} {
		pass, _, reply := g.Datagram([]byte(message("INVITE", "a", "", authorization(nonce))), nobodyAddr, start.Add(test.age))
		if pass != test.want || pass == (reply.Data != nil) {
			t.Errorf("after %v it passes: %t", test.age, pass)
		}
	}
}

// TestFloodOfUnknownSourcesIsDropped asks for the limit of each and of all, and
// that neither holds for who has shown credentials.
func TestFloodOfUnknownSourcesIsDropped(t *testing.T) {
	t.Parallel()
	g := newGate(false, nil)
	flood := func(from func(n int) netip.AddrPort) (answered int) {
		for n := range 1000 {
			if _, _, reply := g.Datagram([]byte(message("OPTIONS", fmt.Sprint(n), "")), from(n), start); reply.Data != nil {
				answered++
			}
		}
		return answered
	}
	if n := flood(func(int) netip.AddrPort { return nobodyAddr }); n != rateEach.Burst {
		t.Errorf("%d of one source were answered", n)
	}
	many := func(n int) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 5060)
	}
	if n := flood(many); n != rateAll.Burst-rateEach.Burst {
		t.Errorf("%d of many sources were answered", n)
	}
	if r := g.Counts.Refusals(); r.Dropped != 2000-uint64(rateAll.Burst) || r.Unknown != uint64(rateAll.Burst) {
		t.Errorf("counted %+v", r)
	}
	g.NoteAuthenticated("UDP", nobodyAddr, start)
	if n := flood(func(int) netip.AddrPort { return nobodyAddr }); n != 1000 {
		t.Errorf("%d of an authenticated source were answered", n)
	}
}

// TestTelephonesThatFloodAreReadInPart: who has registered may send as much as some thousand
// telephones, from whichever port, and no more; it is no limit for others.
func TestTelephonesThatFloodAreReadInPart(t *testing.T) {
	t.Parallel()
	g, answered := newGate(true, nil), 0
	for n := range 2 * ratePhones.Burst {
		if _, _, reply := g.Datagram([]byte(message("OPTIONS", fmt.Sprint(n), "")), phoneAddr, start); reply.Data != nil {
			answered++
		}
	}
	if answered != ratePhones.Burst {
		t.Errorf("%d messages of a telephone were read", answered)
	}
	if _, _, reply := g.Datagram([]byte(message("OPTIONS", "o", "")), nobodyAddr, start); reply.Data == nil {
		t.Error("a stranger is not heard beside it")
	}
	if _, _, reply := g.Datagram([]byte(message("OPTIONS", "l", "")), phoneAddr, start.Add(time.Second)); reply.Data == nil {
		t.Error("the telephone is not heard a second later")
	}
}

// TestRepeatedINVITEGetsTheSameDecision asks that an admitted call is not refused
// when it comes again, nor a refused one let in, while new ones are judged anew.
func TestRepeatedINVITEGetsTheSameDecision(t *testing.T) {
	t.Parallel()
	strain := 0.0
	g := newGate(false, &strain)
	first := []byte(message("INVITE", "first", ""))
	if pass, _, _ := g.Datagram(first, trunkAddr, start); !pass {
		t.Fatal("a call is refused by a server that has nothing to do")
	}
	strain = 100
	now := start
	for range 10 {
		now = now.Add(windowLength)
		g.Admission.NoteDelay(now, 0)
	}
	refused, n := []byte(nil), 0
	for ; refused == nil && n < 100; n++ {
		data := []byte(message("INVITE", fmt.Sprint(n), ""))
		if pass, _, reply := g.Datagram(data, trunkAddr, now); !pass {
			refused = data
			if !strings.HasPrefix(string(reply.Data), "SIP/2.0 503 ") || !strings.Contains(string(reply.Data), "Retry-After: 1\r\n") || reply.To != trunkAddr {
				t.Errorf("refused with %q to %v", reply.Data, reply.To)
			}
		}
	}
	if pass, _, _ := g.Datagram(first, trunkAddr, now); !pass {
		t.Error("the admitted call is refused when it comes again")
	}
	later := now.Add(time.Second) // the bucket has filled again
	_, _, one := g.Datagram(refused, trunkAddr, later)
	if _, _, two := g.Datagram(refused, trunkAddr, later); string(one.Data) != string(two.Data) || one.Data == nil {
		t.Errorf("the refused call gets %q, then %q", one.Data, two.Data)
	}
	if count := g.Counts.Refusals().Overload; count != 1 {
		t.Errorf("%d refusals are counted", count)
	}
	if pass, _, _ := g.Datagram([]byte(message("BYE", "x", "y")), trunkAddr, now); !pass {
		t.Error("a BYE is refused")
	}
}

// TestCredentialsAreJudged asks what credentials are worth.
func TestCredentialsAreJudged(t *testing.T) {
	t.Parallel()
	d := newDigest("Switchhook", []string{"MD5"})
	sign := func(nonce, password string, count int) *digest.Credentials {
		made, err := digest.Digest(&digest.Challenge{Realm: "Switchhook", Nonce: nonce, QOP: []string{"auth"}},
			digest.Options{Method: "INVITE", URI: "sip:1@x", Username: "alice", Password: password, Count: count, Cnonce: "c"})
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	nonce := d.nonces.fresh(netip.Addr{}, start)
	for _, test := range []struct {
		name  string
		given *digest.Credentials
		known bool
		after time.Duration
		want  Verdict
	}{
		{"wrong password", sign(nonce, "guess", 1), true, 0, Wrong},
		{"a name that nobody has", sign(nonce, "secret", 1), false, 0, Wrong},
		{"wrong over a nonce of nobody", sign("made-up", "guess", 1), true, 0, Absent},
		{"right", sign(nonce, "secret", 2), true, 0, Right},
		{"replayed", sign(nonce, "secret", 2), true, 0, Stale},
		{"an earlier count", sign(nonce, "secret", 1), true, 0, Stale},
		{"the next count", sign(nonce, "secret", 3), true, 0, Right},
		{"too late", sign(nonce, "secret", 4), true, nonceLife, Stale},
	} {
		if got := d.Verify(test.given, sip.INVITE, digest.Options{Password: "secret"}, test.known, start.Add(test.after)); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

// TestFullTrunkDoesNotFillTheLog: a carrier that calls more than it may is told of in one line in ten seconds.
func TestFullTrunkDoesNotFillTheLog(t *testing.T) {
	var log strings.Builder
	g := New(Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	now := time.Now()
	for range 50 {
		g.NoteCallRefused("call refused: the trunk has no free place", now, "trunk", "narrow")
	}
	g.NoteCallRefused("call refused: the trunk has no free place", now.Add(warnEvery), "trunk", "narrow")
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.HasSuffix(lines[0], "trunk=narrow since_last_warning=1") || !strings.HasSuffix(lines[1], "trunk=narrow since_last_warning=50") {
		t.Errorf("the log has\n%s", log.String())
	}
	log.Reset()
	g.NoteCallRefused("call refused: its number takes no calls here", now.Add(warnEvery+time.Second), "trunk", "other")
	if !strings.HasSuffix(strings.TrimSpace(log.String()), "trunk=other since_last_warning=1") {
		t.Errorf("of another kind of refusal the log has %q", log.String())
	}
}
