package media

import (
	"net/netip"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// FuzzConsent gives two datagrams to a connection, the second as the client itself or as a
// stranger: without passwords they ask nobody, open no path and keep nothing, and what pion
// gets is what came.
func FuzzConsent(f *testing.F) {
	build := func(setters ...stun.Setter) []byte {
		m, err := stun.Build(setters...)
		fatal(f, err)
		return m.Raw
	}
	name, key := stun.NewUsername("ours:theirs"), stun.NewShortTermIntegrity("a password that is not ours")
	f.Add(build(stun.TransactionID, stun.BindingRequest, name, ice.AttrControlling(1), ice.UseCandidate(), key, stun.Fingerprint), sound)
	f.Add(build(stun.TransactionID, stun.BindingSuccess, name, key, stun.Fingerprint), handshake)
	f.Add(build(stun.TransactionID, stun.BindingError), build(stun.TransactionID, stun.BindingRequest))
	f.Add(build(stun.TransactionID, stun.NewType(stun.MethodBinding, stun.ClassIndication)), []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		p := newPathTest(t)
		stranger, b := netip.MustParseAddrPort("[2001:db8::9]:9"), make([]byte, 8192)
		give := func(packet []byte, from netip.AddrPort) {
			n := copy(b, packet)
			size, pass := p.conn.take(b, n, from)
			if pass && (size != n || string(b[:size]) != string(packet[:n])) {
				t.Errorf("of %x pion gets %x", packet, b[:size])
			}
		}
		give(first, stranger)
		give(second, p.at)
		if len(p.wire.requests()) > 0 || len(p.c.paths) > 0 || p.c.permits(sound, stranger) || p.c.permits(handshake, p.at) {
			t.Fatal("a stranger's packet has an effect")
		}
		p.check(p.at)
		p.c.use(p.at, false, time.Now())
		p.c.permits(handshake, p.at)
		give(first, stranger)
		give(second, p.at)
		if len(p.wire.requests()) != 1 || len(p.c.paths) != 1 || p.c.permits(sound, p.at) {
			t.Fatal("a packet without a password has an effect on the path of a client")
		}
	})
}
