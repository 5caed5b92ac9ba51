package siptest

import (
	"context"
	"testing"
	"time"
)

// TestTwoPhonesHearEachOther asks that the phone itself is right: sound, keys
// and hold between two of them, with each codec.
func TestTwoPhonesHearEachOther(t *testing.T) {
	for _, codec := range []string{"PCMU", "PCMA", "G722"} {
		for _, transport := range []string{"udp", "tcp"} {
			t.Run(codec+" "+transport, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
				defer cancel()
				bob := phone(t, Config{Codecs: []string{codec}, Transport: transport})
				alice := phone(t, Config{Server: bob.Addr().String(), Transport: transport, Codecs: []string{codec, "PCMA"}})
				made, err := alice.Call("+1")
				if err != nil {
					t.Fatal(err)
				}
				taken, err := bob.Next(ctx)
				if err != nil {
					t.Fatal(err)
				}
				check(t, taken.Ring(), made.WaitRinging(ctx), taken.Answer(), made.WaitAnswered(ctx), taken.WaitAnswered(ctx))
				made.Tone(440, 300)
				check(t, taken.SendTones(ctx, "5#"), made.SendTones(ctx, "19"), made.Hold(ctx), made.Unhold(ctx), made.Hangup(ctx), taken.WaitEnded(ctx))
				if made.HeardTones() != "5#" || taken.HeardTones() != "19" {
					t.Errorf("keys heard: %q and %q", made.HeardTones(), taken.HeardTones())
				}
				if s := taken.HeardFor(440); s < 0.1 || s > 0.4 {
					t.Errorf("tone heard for %v s", s)
				}
			})
		}
	}
}

func phone(t *testing.T, cfg Config) *Phone {
	t.Helper()
	made, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	return made
}

func check(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestG711Inverts asks that every code means one level and comes back.
func TestG711Inverts(t *testing.T) {
	for _, payloadType := range []byte{0, 8} {
		for code := range 256 {
			level := expand(payloadType, byte(code))
			if back := expand(payloadType, compress(payloadType, level)); back != level {
				t.Errorf("type %d: code %#x is %d, comes back as %d", payloadType, code, level, back)
			}
		}
	}
	if expand(0, 0x80) != 32124 || expand(8, 0xaa) != 32256 { // the loudest, ITU-T G.711 tables
		t.Errorf("the loudest are %d and %d", expand(0, 0x80), expand(8, 0xaa))
	}
}

// TestLevelTellsTones asks that other tones and silence do not count.
func TestLevelTellsTones(t *testing.T) {
	if got := Level(Sine(700, 100), 700); got < 0.95 {
		t.Errorf("the tone itself has %v", got)
	}
	if other, none := Level(Sine(440, 100), 700), Level(make([]int16, 800), 700); other > 0.05 || none != 0 {
		t.Errorf("another tone has %v, silence %v", other, none)
	}
}
