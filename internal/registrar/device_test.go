package registrar

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// TestDeviceIsFoundWhereItRegisteredLast asks for telephones that are known by their Contact,
// and by their instance, and for those that cannot be told apart.
func TestDeviceIsFoundWhereItRegisteredLast(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	next := Flow{"TCP", netip.MustParseAddrPort("198.51.100.7:40002")}
	plain, named := says("101", 1, "sip:101@10.0.0.7", time.Hour, desk), says("101", 2, "sip:101@10.0.0.8", time.Hour, wire)
	named.Contacts[0].Instance = "<urn:uuid:1>;1"
	register(t, r, plain)
	register(t, r, named)
	first, second := r.DeviceAt("101", desk), r.DeviceAt("101", wire)
	if first == nil || second == nil || r.DeviceAt("101", next) != nil || r.DeviceAt("102", desk) != nil {
		t.Fatalf("found %+v and %+v", first, second)
	}
	r.RemoveFlow(t.Context(), wire, "a test")
	if flow, known := r.FlowOf(*second); known {
		t.Errorf("who is gone is at %v", flow)
	}
	named.CSeq, named.Contacts[0].URI, named.Flow = 3, "sip:101@10.0.0.8:5999", next
	register(t, r, named)
	plain.CSeq, plain.Flow = 4, wire
	register(t, r, plain)
	for _, test := range []struct {
		device *Device
		want   Flow
	}{{first, wire}, {second, next}} {
		if flow, known := r.FlowOf(*test.device); !known || flow != test.want {
			t.Errorf("%+v is at %v, %t; want %v", test.device, flow, known, test.want)
		}
	}
	other := says("101", 5, "sip:101@10.0.0.9", time.Hour, next)
	register(t, r, other)
	if found := r.DeviceAt("101", next); found != nil {
		t.Errorf("of two at one flow %+v is found", found)
	}
	other.CSeq, other.Path, other.Flow = 6, []string{"sip:edge.example;lr"}, desk
	register(t, r, other)
	if found := r.DeviceAt("101", desk); found != nil {
		t.Errorf("the flow of a proxy is that of %+v", found)
	}
}

// TestPhoneIsFoundOverItsOtherFlow: of two connections of a telephone (RFC 5626) the one that
// a call came over has gone, and comes back.
func TestPhoneIsFoundOverItsOtherFlow(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	signIn := func(cseq uint32, instance string, at Flow) {
		in := says("101", cseq, "sip:101@10.0.0.7;reg="+instance[len(instance)-1:], time.Hour, at)
		in.Contacts[0].Instance = instance
		register(t, r, in)
	}
	first, second := Flow{"TCP", desk.Source}, Flow{"TCP", wire.Source}
	signIn(1, "<urn:uuid:1>;1", first)
	signIn(2, "<urn:uuid:1>;2", second)
	signIn(3, "<urn:uuid:2>;1", Flow{"TCP", netip.MustParseAddrPort("198.51.100.9:40009")})
	device := r.DeviceAt("101", first)
	at := func(want Flow, known bool) {
		t.Helper()
		if flow, ok := r.FlowOf(*device); ok != known || flow != want {
			t.Errorf("it is at %v, %t; want %v", flow, ok, want)
		}
	}
	at(first, true)
	r.RemoveFlow(t.Context(), first, "a test")
	at(second, true)
	again := Flow{"TCP", netip.MustParseAddrPort("198.51.100.7:40003")}
	signIn(4, "<urn:uuid:1>;1", again)
	at(again, true)
	signIn(5, "<urn:uuid:1>;2", second)
	at(again, true)
	r.RemoveFlow(t.Context(), again, "a test")
	r.RemoveFlow(t.Context(), second, "a test")
	at(Flow{}, false)
}

// TestSilentPhoneIsRemovedAlone has two telephones behind one proxy.
func TestSilentPhoneIsRemovedAlone(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	issue(t, r, "102", bob)
	silent := register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))[0]
	register(t, r, says("102", 1, "sip:102@10.0.0.8", time.Hour, desk))
	behind := says("101", 2, "sip:101@10.0.0.9", time.Hour, wire)
	behind.Path = []string{"sip:edge.example;lr"}
	register(t, r, behind)
	for range maxPairFaults {
		r.PasswordWrong("101", desk)
	}
	if r.LockedFor("101", desk) != 0 || r.LockedFor("101", wire) == 0 {
		t.Error("a phone's own address is locked, or that of a proxy is not")
	}
	register(t, r, says("101", 3, "sip:101@10.0.0.9", 0, wire))
	r.RemoveBinding(t.Context(), silent, "test")
	if len(r.BindingsOfUser("101")) != 0 || len(r.BindingsOfUser("102")) != 1 || !r.HasFlow(desk) || r.Counts().Lost != 1 {
		t.Errorf("left are %+v, counted %+v", r.AllBindings(), r.Counts())
	}
}

// TestPhoneThatHasMovedIsNotSilent: the NAT of a telephone gave it another port, and its new
// registration came while it was still asked at the old one.
func TestPhoneThatHasMovedIsNotSilent(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	asked := register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))[0]
	moved := Flow{desk.Transport, netip.AddrPortFrom(desk.Source.Addr(), desk.Source.Port()+1)}
	register(t, r, says("101", 2, "sip:101@10.0.0.7", time.Hour, moved))
	r.RemoveBinding(t.Context(), asked, "test")
	if left := r.BindingsOfUser("101"); len(left) != 1 || left[0].ID != asked.ID || left[0].Flow != moved {
		t.Errorf("registered are %+v", left)
	}
}

// TestFlowsOfOnePhoneRingOnce has a telephone that registers over two flows (RFC 5626 §4.2),
// and one without an instance.
func TestFlowsOfOnePhoneRingOnce(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	register(t, r, says("101", 1, "sip:101@10.0.0.9", time.Hour, desk))
	for n, contact := range []string{"sip:101@10.0.0.7:5061", "sip:101@10.0.0.7:5062"} {
		in := says("101", uint32(n)+2, contact, time.Hour, wire)
		in.Contacts[0].Instance = fmt.Sprintf("<urn:uuid:1>;%d", n+1)
		register(t, r, in)
	}
	list := r.TelephonesOf(alice)
	if len(list) != 2 || list[0].Contact != "sip:101@10.0.0.9" || list[1].Contact != "sip:101@10.0.0.7:5062" || len(r.BindingsOfIdentity(alice)) != 3 {
		t.Errorf("ringing are %+v", list)
	}
}

// TestPhoneSignsOutWithoutItsInstance, by its address, and no other flow of that address.
func TestPhoneSignsOutWithoutItsInstance(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	in := says("101", 1, "sip:101@10.0.0.7", time.Hour, desk)
	in.Contacts[0].Instance = "<urn:uuid:1>;1"
	first := register(t, r, in)[0]
	in.CSeq, in.Contacts[0].Instance = 2, "<urn:uuid:1>;2"
	register(t, r, in)
	plain := says("101", 3, "sip:101@10.0.0.7", time.Hour, desk)
	if list := register(t, r, plain); len(list) != 2 || list[1].Instance != "<urn:uuid:1>;2" && list[0].Instance != "<urn:uuid:1>;2" {
		t.Fatalf("registered are %+v", list)
	}
	plain.CSeq, plain.Contacts[0].Expires = 4, 0
	if list := register(t, r, plain); len(list) != 1 || list[0].ID != first.ID {
		t.Errorf("left are %+v", list)
	}
}
