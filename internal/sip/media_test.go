package sip

import (
	"net"
	"net/netip"
	"strconv"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/trunk"
)

// facing makes two servers, the first of which calls through a trunk to the second.
func facing(t *testing.T, here, there func(*trunk.Trunk)) (caller, called *rig) {
	t.Helper()
	inbound := trunk.Trunk{Name: "caller", Host: "127.0.0.1", Sources: loopback}
	there(&inbound)
	called = newRig(t, nil, inbound)
	host, port, err := net.SplitHostPort(called.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, _ := strconv.Atoi(port)
	outbound := trunk.Trunk{Name: "called", Host: netip.MustParseAddr(host).String(), Port: number, Sources: loopback}
	here(&outbound)
	return newRig(t, nil, outbound), called
}

// TestSoundIsEncryptedAsTrunksWant asks which calls come up, whether their sound
// is encrypted, and that it is heard in both directions.
func TestSoundIsEncryptedAsTrunksWant(t *testing.T) {
	for _, test := range []struct {
		here, there   trunk.SRTP
		up, protected bool
	}{
		{trunk.Required, trunk.Required, true, true},
		{trunk.Required, trunk.Optional, true, true},
		{trunk.Optional, trunk.Required, true, true},
		{trunk.Optional, trunk.Off, true, false},
		{trunk.Off, trunk.Optional, true, false},
		{trunk.Required, trunk.Off, false, false},
		{trunk.Off, trunk.Required, false, false},
	} {
		t.Run(string(test.here+" to "+test.there), func(t *testing.T) {
			caller, called := facing(t, func(t *trunk.Trunk) { t.SRTP = test.here }, func(t *trunk.Trunk) { t.SRTP = test.there })
			made := caller.dial(t, "+15551230001")
			if !test.up {
				if why := expect[call.Ended](t, made).Reason; why.Kind != call.Unsupported {
					t.Errorf("reason is %+v", why)
				}
				return
			}
			taken := called.next(t)
			made.say.Store(audio.NewOscillator(-6, 700)) // which the other end echoes
			taken.Answer()
			expect[call.Answered](t, made)
			expect[call.Answered](t, taken)
			eventually(t, func() bool { return taken.loud.Load() > 10 && made.loud.Load() > 10 })
			for _, end := range []*guest{made, taken} {
				if got := end.Leg.(*leg).session.Summary().Protected; got != test.protected {
					t.Errorf("protected is %v", got)
				}
			}
		})
	}
}

// TestPacketsAreAsLongAsTheTrunkLikes asks that ptime is agreed on.
func TestPacketsAreAsLongAsTheTrunkLikes(t *testing.T) {
	for _, ptime := range []time.Duration{10, 30, 40} {
		caller, called := facing(t, func(t *trunk.Trunk) { t.PTime = ptime * time.Millisecond }, func(*trunk.Trunk) {})
		made := caller.dial(t, "+15551230001")
		taken := called.next(t)
		made.say.Store(audio.NewOscillator(-6, 700))
		taken.Answer()
		expect[call.Answered](t, made)
		expect[call.Answered](t, taken)
		eventually(t, func() bool { return taken.loud.Load() > 10 && made.loud.Load() > 10 })
		agreed := make(chan time.Duration, 1)
		l := taken.Leg.(*leg)
		l.box.put(func() { agreed <- l.media.agreed.PTime })
		if got := <-agreed; got != ptime*time.Millisecond {
			t.Errorf("packets of %s, want %d ms", got, ptime)
		}
	}
}
