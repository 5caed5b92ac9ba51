package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// zone is a name service of a few records. It counts what it is asked.
type zone struct {
	hosts map[string][]string
	srv   map[string][]*net.SRV
	asked atomic.Int64
	dead  atomic.Bool

	silent atomic.Bool // it does not answer
}

func (z *zone) LookupNetIP(ctx context.Context, _, host string) (list []netip.Addr, err error) {
	z.asked.Add(1)
	if z.silent.Load() {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, text := range z.hosts[host] {
		list = append(list, netip.MustParseAddr(text))
	}
	if len(list) == 0 || z.dead.Load() {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return list, nil
}

func (z *zone) LookupSRV(_ context.Context, service, proto, name string) (string, []*net.SRV, error) {
	z.asked.Add(1)
	found := z.srv["_"+service+"._"+proto+"."+name]
	if len(found) == 0 || z.dead.Load() {
		return "", nil, fmt.Errorf("no such service at %s", name)
	}
	return name, found, nil
}

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

// TestEachTransportHasItsService asks for the records of RFC 3263 §4.2, and for
// the host's own addresses where there are none.
func TestEachTransportHasItsService(t *testing.T) {
	t.Parallel()
	names := &zone{hosts: map[string][]string{"carrier.example": {"192.0.2.9"}, "one.example": {"192.0.2.1"}}, srv: map[string][]*net.SRV{}}
	for n, service := range []string{"_sip._udp", "_sip._tcp", "_sips._tcp"} {
		names.srv[service+".carrier.example"] = []*net.SRV{{Target: "gone.example.", Port: 1}, {Target: "one.example.", Port: uint16(5070 + n)}}
	}
	for _, test := range []struct {
		transport  trunk.Transport
		host, want string
		port       int
	}{
		{trunk.UDP, "carrier.example", "192.0.2.1:5070", 0},
		{trunk.TCP, "carrier.example", "192.0.2.1:5071", 0},
		{trunk.TLS, "carrier.example", "192.0.2.1:5072", 0},
		{trunk.TLS, "carrier.example", "192.0.2.9:5099", 5099}, // a port asks for no service
		{trunk.TLS, "one.example", "192.0.2.1:5061", 0},
		{trunk.UDP, "one.example", "192.0.2.1:5060", 0},
	} {
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: test.host, Port: test.port, Transport: test.transport}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		places, err := newLocator(names).find(t.Context(), table.Trunks()[0])
		if err != nil || len(places) != 1 || places[0].String() != test.want {
			t.Errorf("%s over %s: %v %v, want %s", test.host, test.transport, places, err, test.want)
		}
	}
}

// TestNamesAreRemembered asks that answers are kept for a while, failures for
// less, and that old ones serve while the name service is down.
func TestNamesAreRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names := &zone{hosts: map[string][]string{"a.example": {"2001:db8::1", "192.0.2.1"}}}
		l := newLocator(names)
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "a.example", Port: 5070}, {Name: "b", Host: "b.example", Port: 5070}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := table.Trunks()[0], table.Trunks()[1]
		asked := func(want int64) {
			t.Helper()
			if n := names.asked.Load(); n != want {
				t.Errorf("the name service was asked %d times, want %d", n, want)
			}
		}
		for range 3 {
			if places, err := l.find(t.Context(), a); err != nil || len(places) != 2 || places[0].String() != "192.0.2.1:5070" {
				t.Fatalf("%v %v", places, err)
			}
			if places, err := l.find(t.Context(), b); err == nil || len(places) != 0 {
				t.Fatalf("%v %v", places, err)
			}
		}
		asked(2)
		names.dead.Store(true)
		time.Sleep(staleFor - time.Minute)
		if places, err := l.find(t.Context(), a); err != nil || len(places) != 2 {
			t.Errorf("%v %v", places, err)
		}
		asked(3)
		time.Sleep(time.Minute)
		if places, err := l.find(t.Context(), a); err == nil {
			t.Errorf("after a day without the name service there is %v", places)
		}
		asked(4)
	})
}

// TestSilentNameServiceDelaysOneCall in half a minute: the others go where the trunk was.
func TestSilentNameServiceDelaysOneCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names := &zone{hosts: map[string][]string{"a.example": {"192.0.2.1"}}}
		l := newLocator(names)
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "a.example", Port: 5070}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		took := func() time.Duration {
			t.Helper()
			begun := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), dialTimeout)
			defer cancel()
			if places, err := l.find(ctx, table.Trunks()[0]); err != nil || len(places) != 1 {
				t.Fatalf("%v %v", places, err)
			}
			return time.Since(begun)
		}
		took()
		names.silent.Store(true)
		time.Sleep(freshFor)
		for call, want := range []time.Duration{dialTimeout, 0, 0} {
			if got := took(); got != want {
				t.Errorf("call %d waits for %v, not %v", call, got, want)
			}
		}
		time.Sleep(recheckFor)
		if got := took(); got != dialTimeout {
			t.Errorf("the name service is not asked again: %v", got)
		}
		names.silent.Store(false)
		time.Sleep(recheckFor)
		asked := names.asked.Load()
		if took(); names.asked.Load() != asked+1 {
			t.Error("it is not asked although it is there again")
		}
		if took(); names.asked.Load() != asked+1 {
			t.Error("what it says is not fresh")
		}
	})
}

// TestHostThatIsNoMoreIsForgottenAfterADay by the table of who may call in, although calls
// still go to its last addresses; that it is not found is told from the beginning.
func TestHostThatIsNoMoreIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		names := &zone{hosts: map[string][]string{"a.example": {"192.0.2.1"}}}
		l := newLocator(names)
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "a.example", Port: 5070}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		refresh := func() (known bool, err error) {
			err = table.Refresh(t.Context(), l)
			_, known = table.From(netip.MustParseAddr("192.0.2.1"))
			return known, err
		}
		if known, err := refresh(); !known || err != nil {
			t.Fatal(known, err)
		}
		names.dead.Store(true)
		for gone := time.Duration(0); gone <= 25*time.Hour; gone += 5 * time.Minute {
			time.Sleep(5 * time.Minute)
			known, err := refresh()
			if err == nil || gone < 23*time.Hour && !known || gone > 24*time.Hour+5*time.Minute && known {
				t.Fatalf("after %v it is known: %v, %v", gone, known, err)
			}
			if places, err := l.find(t.Context(), table.Trunks()[0]); gone < 23*time.Hour && (err != nil || len(places) != 1) {
				t.Fatalf("after %v calls go to %v, %v", gone, places, err)
			}
		}
		names.dead.Store(false)
		time.Sleep(5 * time.Minute)
		if known, err := refresh(); !known || err != nil {
			t.Errorf("when it is back it is known: %v, %v", known, err)
		}
	})
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

// TestLocatorLeavesOutAddressesInside asks that what an application named leads to no
// address that its trunk must not have: by name, by service record, as an address, and
// when the name is asked again and leads elsewhere (DNS rebinding).
func TestLocatorLeavesOutAddressesInside(t *testing.T) {
	t.Parallel()
	names := &zone{
		hosts: map[string][]string{"inside.example": {"127.0.0.1", "10.0.0.5", "::1"}, "both.example": {"10.0.0.5", "192.0.2.1"}, "outside.example": {"192.0.2.1"}},
		srv:   map[string][]*net.SRV{"_sips._tcp.service.example": {{Target: "inside.example.", Port: 5071}}},
	}
	refuse := func(address netip.Addr) error {
		if address.IsLoopback() || address.IsPrivate() {
			return fmt.Errorf("%s is inside", address)
		}
		return nil
	}
	l := newLocator(names)
	find := func(host string, port int) []netip.AddrPort {
		t.Helper()
		table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: host, Port: port, Transport: trunk.TLS, Foreign: true, Allow: refuse}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		places, err := l.find(t.Context(), table.Trunks()[0])
		if (err == nil) != (len(places) > 0) {
			t.Errorf("%s: %v %v", host, places, err)
		}
		return places
	}
	for _, host := range []string{"inside.example", "127.0.0.1", "10.0.0.5"} {
		if places := find(host, 5061); len(places) > 0 {
			t.Errorf("%s leads to %v", host, places)
		}
	}
	if places := find("service.example", 0); len(places) > 0 {
		t.Errorf("a service leads to %v", places)
	}
	for _, host := range []string{"both.example", "outside.example"} {
		if places := find(host, 5061); len(places) != 1 || places[0].String() != "192.0.2.1:5061" {
			t.Errorf("%s leads to %v", host, places)
		}
	}
}
