package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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

// oneName has a table with one trunk, and its name's address.
func oneName(t *testing.T) (*zone, *locator, *trunk.Table) {
	t.Helper()
	names := &zone{hosts: map[string][]string{"a.example": {"192.0.2.1"}}}
	table, err := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "a.example", Port: 5070}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return names, newLocator(names), table
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
		names, l, table := oneName(t)
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
		names, l, table := oneName(t)
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
