package sip

import (
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/siptest"
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
	t.Parallel()
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
			for _, end := range []*testLeg{made, taken} {
				if got := end.Leg.(*leg).session.Summary().Protected; got != test.protected {
					t.Errorf("protected is %v", got)
				}
			}
		})
	}
}

// TestPacketsAreAsLongAsTheTrunkLikes asks that ptime is agreed on.
func TestPacketsAreAsLongAsTheTrunkLikes(t *testing.T) {
	t.Parallel()
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
		l.post(func() { agreed <- l.media.agreed.PTime })
		if got := <-agreed; got != ptime*time.Millisecond {
			t.Errorf("packets of %s, want %d ms", got, ptime)
		}
	}
}

// TestWidebandIsHeardBothWays asks for sound that only a wideband codec carries,
// in a call from a phone and in one to a phone.
func TestWidebandIsHeardBothWays(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"G722", "opus"} {
		t.Run(name, func(t *testing.T) { hearWideband(t, name) })
	}
}

func hearWideband(t *testing.T, name string) {
	if _, ok := codec.Named(name); !ok {
		t.Skip(codec.OpusMissing()) // `make test` installs it
	}
	const beyond = 5000 // Hz: G.711 ends below 4000
	order := []string{strings.ToUpper(name), "PCMU"}
	phone, to := callee(t, "wide", func(c *siptest.Config) { c.Codecs = order })
	to.Codecs = order
	r := newRig(t, nil, to)
	caller := r.phone(t, func(c *siptest.Config) { c.Codecs = order })
	in, taken := r.connect(t, caller)
	made := r.dial(t, "+15551230001")
	out, err := phone.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Answer(); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, made)
	for who, end := range map[string]struct {
		phone *siptest.Call
		here  *testLeg
	}{"a phone that called": {in, taken}, "a phone that was called": {out, made}} {
		if got := end.here.Port().(*rtp.Session).Summary().Codec; got != name {
			t.Errorf("%s: codec %s", who, got)
		}
		end.phone.Tone(beyond, 1000) // and the other end echoes what it hears
		eventually(t, func() bool { return end.phone.HeardFor(beyond) >= 0.3 })
	}
}

// TestTrunksChooseTheirCodec asks whose order counts, and what is taken by default.
func TestTrunksChooseTheirCodec(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name         string
		ours, theirs []string
		want         string
	}{
		{"by default the telephone's codec goes before the costly one", nil, []string{"G722", "PCMA"}, "PCMA"},
		{"but who knows only that one is heard", nil, []string{"G722"}, "G722"},
		{"a trunk may like it better", []string{"G722", "PCMA"}, []string{"PCMA", "G722"}, "G722"},
		{"or not at all", []string{"PCMA"}, []string{"G722", "PCMA"}, "PCMA"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, Codecs: test.ours})
			_, taken := r.connect(t, r.phone(t, func(c *siptest.Config) { c.Codecs = test.theirs }))
			if got := taken.Port().(*rtp.Session).Summary().Codec; got != test.want {
				t.Errorf("codec %s, want %s", got, test.want)
			}
		})
	}
}

// TestKeysAreDrawnOnlyForTrunksThatEncrypt asks that nobody else's call spends
// randomness on them, and that no two calls have the same.
func TestKeysAreDrawnOnlyForTrunksThatEncrypt(t *testing.T) {
	t.Parallel()
	seen := map[sdp.Key]bool{}
	for _, security := range []trunk.SRTP{trunk.Off, trunk.Optional, trunk.Optional} {
		r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, SRTP: security})
		_, taken := r.connect(t, r.phone(t, nil))
		drawn := make(chan []sdp.Crypto, 1)
		l := taken.Leg.(*leg)
		l.post(func() { drawn <- l.media.keys })
		keys := <-drawn
		if want := security != trunk.Off; (len(keys) > 0) != want {
			t.Errorf("srtp %s: %d keys", security, len(keys))
		}
		for _, key := range keys {
			if seen[key.Key] {
				t.Error("a key was drawn twice")
			}
			seen[key.Key] = true
		}
	}
}

// TestAnotherCodecIsReported asks that a call hears of a phone that becomes
// wideband while it speaks.
func TestAnotherCodecIsReported(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, func(c *siptest.Config) { c.Codecs = []string{"PCMA", "G722"} }))
	offer := strings.Replace(string(made.Describe("sendrecv")), "RTP/AVP 8 9 101", "RTP/AVP 9 101", 1)
	if response, err := made.Reinvite(within(t), []byte(offer)); err != nil || response.Status() != 200 {
		t.Fatalf("%v %v", err, response)
	}
	expect[call.SoundChanged](t, taken)
	if rate := taken.Port().(*rtp.Session).SampleRate(); rate != 16000 {
		t.Errorf("the leg has %d Hz", rate)
	}
}

// TestKeysBesideOpusAreHeardBothWays asks it of a phone whose tones have only the
// telephone's clock.
func TestKeysBesideOpusAreHeardBothWays(t *testing.T) {
	t.Parallel()
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err) // `make test` installs it
	}
	r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, Codecs: []string{"OPUS"}})
	made, taken := r.connect(t, r.phone(t, func(c *siptest.Config) { c.Codecs = []string{"OPUS"} }))
	if err := made.SendTones(within(t), "5#"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []call.Tone{'5', '#'} {
		if news := expect[call.ToneHeard](t, taken); news.Tone != key {
			t.Errorf("heard %c, want %c", news.Tone, key)
		}
	}
	if err := taken.SendTones(within(t), []call.Tone{'1', '9'}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return made.HeardTones() == "19" })
	if got := made.LongestKey(); got != 100*time.Millisecond {
		t.Errorf("a key lasts %s for the phone", got)
	}
}

// TestMissingCodecIsNotOffered asks that a trunk's order may name what this system
// lacks, and that the others are offered.
func TestMissingCodecIsNotOffered(t *testing.T) {
	t.Parallel()
	list := trunkTerms(&trunk.Trunk{Codecs: []string{"OPUS", "G729", "PCMA"}}).available()
	want := []string{"OPUS", "PCMA"}
	if codec.OpusMissing() != nil {
		want = want[1:]
	}
	if !slices.Equal(list, want) {
		t.Errorf("offers %v, want %v", list, want)
	}
}
