package mixer

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// listenerOfAll is a port that says a tone and keeps what it hears.
type listenerOfAll struct {
	audio.Source
	all []int16
}

func (l *listenerOfAll) WriteFrame(f audio.Frame) {
	if f == nil {
		f = make(audio.Frame, 160)
	}
	l.all = append(l.all, f...)
}

// TestMuteAndHoldDoNotClick: whoever is muted or held, and those who hear that, hear a voice
// begin and end within 5 ms; whoever was muted before the first tick is not heard at all.
func TestMuteAndHoldDoNotClick(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports, members := make([]*listenerOfAll, 3), make([]*Member, 3)
	for i := range ports {
		ports[i] = &listenerOfAll{Source: audio.NewOscillator(-12, 300+40*float64(i))}
		members[i] = mix.Join(ports[i])
	}
	members[2].SetMuted(true)
	tick(2)
	quiet := ports[0].all
	tick(3)
	for _, change := range []func(){
		func() { members[2].SetMuted(false) }, func() { members[0].SetMuted(true) }, func() { members[0].SetMuted(false) },
		func() { members[1].SetHeld(true) }, func() { members[1].SetHeld(false) },
	} {
		change()
		tick(7)
	}
	for i, p := range ports {
		heard := p.all[160:]
		for k := range heard[2:] { // of two tones below 400 Hz: 1,500 at most
			if bend := int(heard[k+2]) - 2*int(heard[k+1]) + int(heard[k]); max(bend, -bend) > 2000 {
				t.Errorf("member %d hears a click of %d after %d ms", i, bend, 20+k/8)
			}
		}
	}
	alone, other := make(audio.Frame, len(quiet)), audio.NewOscillator(-12, 340)
	for at := 0; at < len(alone); at += 160 {
		other.ReadFrame(alone[at : at+160])
	}
	for i := range quiet {
		if off := int(quiet[i]) - int(alone[i]); off > 1 || off < -1 {
			t.Fatalf("member 0 hears who is muted: %d instead of %d at sample %d", quiet[i], alone[i], i)
		}
	}
	held := ports[1].all[len(ports[1].all)-14*160+40:][:5*160]
	for _, s := range held {
		if s != 0 {
			t.Fatal("who is held hears the others")
		}
	}
}
