package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestNextAddressOfATrunkIsTried asks that SRV records lead to a phone although
// the best of them leads to nobody.
func TestNextAddressOfATrunkIsTried(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			names := &zone{hosts: map[string][]string{"dead.example": {"127.0.0.3", "127.0.0.2"}, "alive.example": {"127.0.0.1"}}, srv: map[string][]*net.SRV{}}
			phone, _ := callee(t, "carrier", func(c *siptest.Config) { c.Transport = transport })
			port := addressOf(phone.Addr()).Port()
			names.srv["_sip._"+transport+".carrier.example"] = []*net.SRV{
				{Target: "dead.example.", Port: port, Priority: 1}, {Target: "alive.example.", Port: port, Priority: 2},
			}
			r := newRig(t, func(c *Config) { c.Resolver = names }, trunk.Trunk{Name: "carrier", Host: "carrier.example", Transport: trunk.Transport(transport)})
			made := r.dial(t, "+15557770000")
			next(t, phone).Answer()
			expect[call.Answered](t, made)
			eventually(t, func() bool { // the table is refreshed beside the call
				_, ok := r.table.From(netip.MustParseAddr("127.0.0.2"))
				return ok
			})
		})
	}
}

// TestSilentAddressIsTriedLast has a trunk whose best address leaves everything unanswered: of
// two calls the first alone waits for it.
func TestSilentAddressIsTriedLast(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	silent, err := net.ListenPacket("udp", net.JoinHostPort("127.0.0.3", fmt.Sprint(via.Port)))
	if err != nil {
		t.Skipf("this machine has no 127.0.0.3: %v", err)
	}
	defer silent.Close()
	names := &zone{hosts: map[string][]string{"dead.example": {"127.0.0.3"}, "alive.example": {"127.0.0.1"}}, srv: map[string][]*net.SRV{}}
	names.srv["_sip._udp.carrier.example"] = []*net.SRV{
		{Target: "dead.example.", Port: uint16(via.Port), Priority: 1}, {Target: "alive.example.", Port: uint16(via.Port), Priority: 2},
	}
	r := newRig(t, func(c *Config) { c.Resolver, c.TrunkPatience = names, 3*time.Second }, trunk.Trunk{Name: "carrier", Host: "carrier.example", Transport: trunk.UDP})
	for range 2 {
		made := r.dial(t, "+15557770000")
		next(t, phone).Answer()
		expect[call.Answered](t, made)
	}
	if err := silent.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil { // all has come before
		t.Fatal(err)
	}
	calls, buffer := map[string]bool{}, make([]byte, 65536)
	for {
		n, _, err := silent.ReadFrom(buffer)
		if err != nil {
			break
		}
		_, rest, _ := strings.Cut(string(buffer[:n]), "Call-ID: ")
		id, _, _ := strings.Cut(rest, "\r\n")
		calls[id] = true
	}
	if len(calls) != 1 {
		t.Errorf("the silent address has heard of %d calls, want 1", len(calls))
	}
}

// twoAddresses are those of the trunk carrier.example, as the names say it, the better one first.
func twoAddresses(t *testing.T) (best, other *siptest.Phone, names *zone) {
	t.Helper()
	other, via := callee(t, "carrier", nil)
	best, err := siptest.New(siptest.Config{T1: t1, Listen: net.JoinHostPort("127.0.0.3", fmt.Sprint(via.Port))})
	if err != nil {
		t.Skipf("this machine has no 127.0.0.3: %v", err)
	}
	t.Cleanup(best.Close)
	names = &zone{hosts: map[string][]string{"best.example": {"127.0.0.3"}, "other.example": {"127.0.0.1"}}, srv: map[string][]*net.SRV{}}
	names.srv["_sip._udp.carrier.example"] = []*net.SRV{
		{Target: "best.example.", Port: uint16(via.Port), Priority: 1}, {Target: "other.example.", Port: uint16(via.Port), Priority: 2},
	}
	return best, other, names
}

// TestBusyAddressIsLeftAlone has a trunk whose best address refuses the first call and asks to
// be left alone for a while: the second call goes to the other one.
func TestBusyAddressIsLeftAlone(t *testing.T) {
	t.Parallel()
	busy, other, names := twoAddresses(t)
	r := newRig(t, func(c *Config) { c.Resolver = names }, trunk.Trunk{Name: "carrier", Host: "carrier.example", Transport: trunk.UDP})
	made := r.dial(t, "+15557770000")
	next(t, busy).Reject(503, "Maintenance", siptest.Field{Name: "Retry-After", Value: "300 (tonight)"})
	for range 2 {
		next(t, other).Answer()
		expect[call.Answered](t, made)
		made = r.dial(t, "+15557770000")
	}
	next(t, other).Answer()
	expect[call.Answered](t, made)
	if n := distinct(busy, isRequest("INVITE", false)); n != 1 {
		t.Errorf("the address that asked to be left alone has got %d calls", n)
	}
}

// TestSilenceHasOneName: the time for all addresses and that of the last transaction end
// together.
func TestSilenceHasOneName(t *testing.T) {
	t.Parallel()
	for _, err := range []error{context.DeadlineExceeded, transaction.ErrTimeout} {
		if got := unanswered(fmt.Errorf("ping: %w", err)); got != "no answer in time" {
			t.Errorf("%v is %q", err, got)
		}
	}
}

// TestDeadTrunkIsSkipped asks that a trunk that answers no OPTIONS gets no calls,
// and gets them again once it answers.
func TestDeadTrunkIsSkipped(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	viaFirst.Ping = 50 * time.Millisecond
	r := newRig(t, func(c *Config) { c.TrunkPatience = time.Hour }, viaFirst, viaSecond)
	state := func(want TrunkState) func() bool {
		return func() bool { h, ok := r.Health("first"); return ok && h.State == want }
	}
	eventually(t, state(Online))
	if h, _ := r.Health("first"); h.AnsweredAt.IsZero() || h.Answer != "SIP/2.0 200 OK" {
		t.Errorf("health is %+v", h)
	}
	if h, ok := r.Health("second"); !ok || h.State != Unknown {
		t.Errorf("health of a trunk that nobody asks is %+v", h)
	}
	first.Lose(func(siptest.Entry) bool { return true })
	eventually(t, state(Inactive))
	if h, _ := r.Health("first"); h.Answer != "no answer in time" {
		t.Errorf("the last answer of a dead trunk is %q", h.Answer)
	}
	made := r.dial(t, "+15557770000")
	next(t, second).Answer()
	expect[call.Answered](t, made)
	if first.Count(isRequest("INVITE", false)) != 0 {
		t.Error("the dead trunk was called")
	}
	first.Lose(nil)
	eventually(t, state(Online))
	made = r.dial(t, "+15557770000")
	next(t, first).Answer()
	expect[call.Answered](t, made)
}

// TestTrunkWithABusyAddressIsOnline has a trunk whose best address answers 503 to OPTIONS and
// asks to be left alone: the next address says how the trunk is, and gets the call at once.
func TestTrunkWithABusyAddressIsOnline(t *testing.T) {
	t.Parallel()
	busy, other, names := twoAddresses(t)
	busy.Guarding(func(*siptest.Message) (int, []siptest.Field) {
		return 503, []siptest.Field{{Name: "Retry-After", Value: "300"}}
	})
	r := newRig(t, func(c *Config) { c.Resolver = names }, trunk.Trunk{Name: "carrier", Host: "carrier.example", Transport: trunk.UDP, Ping: time.Hour})
	eventually(t, func() bool { h, _ := r.Health("carrier"); return !h.AnsweredAt.IsZero() || h.Answer != "" })
	if h, _ := r.Health("carrier"); h.State != Online {
		t.Errorf("health is %+v", h)
	}
	made := r.dial(t, "+15557770000")
	next(t, other).Answer()
	expect[call.Answered](t, made)
	if n := distinct(busy, isRequest("INVITE", false)); n != 0 {
		t.Error("the address that asked to be left alone was called")
	}
}

// TestTrunksOPTIONSIsHeard asks for the other direction of keep-alives.
func TestTrunksOPTIONSIsHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	if response, err := r.phone(t, nil).Request(within(t), "OPTIONS", "x"); err != nil || response.Status() != 200 {
		t.Fatalf("%v %v", err, response)
	}
	if h, ok := r.Health("local"); !ok || h.OptionsAt.IsZero() {
		t.Errorf("health is %+v", h)
	}
}
