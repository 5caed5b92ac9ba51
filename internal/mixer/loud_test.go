package mixer

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// sharingListener is a listenerOfAll that may be told what others hear too.
type sharingListener struct {
	listenerOfAll
	shared int // frames that others heard as well
}

func (l *sharingListener) WriteCommon(f audio.Frame, _ *audio.Common, _ audio.Tick) {
	l.shared++
	l.WriteFrame(f)
}

// HearFrame makes it a listener of a mix as well.
func (l *sharingListener) HearFrame(_ audio.Tick, f audio.Frame) { l.WriteFrame(f) }

// sharpest is the sharpest bend of what was heard, and where it is.
func sharpest(heard []int16) (most, at int) {
	for i := range heard[2:] {
		bend := int(heard[i+2]) - 2*int(heard[i+1]) + int(heard[i])
		if bend = max(bend, -bend); bend > most {
			most, at = bend, i
		}
	}
	return most, at
}

// TestLoudVoicesAreNotCutOff: five members, of whom three or four say a tone at −3 dB of
// full scale. Whoever begins or ceases to speak, is held, or is told something meanwhile
// hears no corners, nor do listeners of the whole mix.
func TestLoudVoicesAreNotCutOff(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports, members := make([]*sharingListener, 5), make([]*Member, 5)
	for i := range ports {
		ports[i] = &sharingListener{listenerOfAll: listenerOfAll{Source: audio.NewOscillator(-3, 200+20*float64(i))}}
		members[i] = mix.Join(ports[i])
	}
	members[4].SetMuted(true)
	var whole, private, place sharingListener
	mix.Hear(&whole, Hearing{})
	mix.Hear(&private, Hearing{Private: true})
	mix.Hear(&place, Hearing{As: members[4]})
	prompt := audio.NewOscillator(-3, 310)
	tick(50)
	for _, change := range []func(){
		func() { members[3].SetMuted(true) }, func() { members[4].SetMuted(false) }, func() { members[4].SetMuted(true) },
		func() { members[0].SetHeld(true) }, func() { members[0].SetHeld(false) },
		func() { members[2].SetMuted(true) }, func() { members[1].SetMuted(true) }, func() { members[2].SetMuted(false) },
		func() { members[1].SetMuted(false); members[3].SetMuted(false) },
	} {
		change()
		tick(7)
	}
	members[2].SetMuted(true)
	tick(3)
	settled := len(whole.all)
	members[2].SetPrivateSource(&rising{Source: prompt})
	tick(100)
	// The first 20 ms begin at full gain, and a prompt may be louder than what was heard.
	for i, l := range []*sharingListener{ports[0], ports[1], ports[2], ports[3], ports[4], &whole, &private, &place} {
		if most, at := sharpest(l.all[400:settled]); most > 4000 {
			t.Errorf("listener %d hears a corner of %d after %d ms", i, most, 50+at/8)
		}
		if most, at := sharpest(l.all[settled+800:]); most > 4000 {
			t.Errorf("listener %d hears a corner of %d at %d ms beside a prompt", i, most, at/8)
		}
	}
	if ports[4].shared < 20 {
		t.Errorf("%d frames were shared", ports[4].shared)
	}
}

// rising is a source that begins within a second.
type rising struct {
	audio.Source
	frames int
}

func (r *rising) ReadFrame(f audio.Frame) bool {
	r.Source.ReadFrame(f)
	for i := range f {
		f[i] = int16(int(f[i]) * min(r.frames*len(f)+i, 50*len(f)) / (50 * len(f)))
	}
	r.frames++
	return true
}

// TestLoudPromptEndsWithoutAStep: what a member hears after its private source has ended has
// the gain that it had, and returns to full gain; only then does it share it again.
func TestLoudPromptEndsWithoutAStep(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports, members := make([]*sharer, 4), make([]*Member, 4)
	for i := range ports {
		ports[i] = &sharer{}
		members[i] = mix.Join(ports[i])
	}
	ports[0].says = 20000
	var all ear
	mix.Hear(&all, Hearing{Private: true})
	tick(2)
	members[1].SetPrivateSource(&voice{says: 20000})
	tick(2)
	if ports[1].heard != 32767 || all.heard != 32767 {
		t.Errorf("with the prompt a member hears %d, a listener %d", ports[1].heard, all.heard)
	}
	members[1].SetPrivateSource(nil)
	before := int16(16384) // 20000 · 32767 / 40000
	for range 50 {
		tick(1)
		heard := ports[1].heard
		if heard < before-1 || heard > before+700 || all.heard != heard {
			t.Fatalf("after %d a member hears %d, a listener %d", before, heard, all.heard)
		}
		if shared := ports[1].common != nil; shared && heard != 20000 {
			t.Fatalf("it shares what others hear at %d", heard)
		}
		before = heard
	}
	if before != 20000 || ports[1].common == nil || ports[2].heard != 20000 {
		t.Errorf("a second later: %d, shared %v; who heard no prompt hears %d", before, ports[1].common != nil, ports[2].heard)
	}
}

// TestWhoCeasesToSpeakKeepsItsGain: as it begins to hear what those hear who do not speak.
func TestWhoCeasesToSpeakKeepsItsGain(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports, members := make([]*sharer, 5), make([]*Member, 5)
	for i, says := range []int16{20000, 20000, 20000, 0, 0} {
		ports[i] = &sharer{voice: voice{says: says}}
		members[i] = mix.Join(ports[i])
	}
	tick(2)
	ports[0].says = 0 // hears 40000 as before; the others that have heard 60000 as well
	ports[1].says, ports[2].says = 10000, 10000
	gains := map[int]int{0: 16384, 3: 10922, 4: 10922}
	for range 80 {
		tick(1)
		for i, before := range gains {
			if heard := int(ports[i].heard); heard < before-1 || heard > before+700 {
				t.Fatalf("member %d hears %d after %d", i, heard, before)
			}
			gains[i] = int(ports[i].heard)
		}
		if ports[3].common == nil || ports[0].common != nil && ports[0].heard != ports[3].heard {
			t.Fatal("who hears something else shares what others hear")
		}
	}
	if ports[0].common == nil || ports[0].heard != 20000 {
		t.Errorf("later it hears %d, shared: %v", ports[0].heard, ports[0].common != nil)
	}
}

// TestGainOfLongAgoIsForgotten: where nobody has heard what is shared for a while, it goes on
// from the gain of the first member who does, or begins anew for a listener.
func TestGainOfLongAgoIsForgotten(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports := make([]*sharer, 5)
	for i := range ports {
		ports[i] = &sharer{voice: voice{says: 20000}}
		mix.Join(ports[i])
	}
	stop := mix.Hear(&ear{}, Hearing{})
	tick(2)
	stop()
	tick(2)
	ports[0].says = 0
	tick(1)
	if ports[0].common == nil || ports[0].heard != 32767 {
		t.Errorf("who ceased to speak hears %d, shared: %v", ports[0].heard, ports[0].common != nil)
	}
	ports[0].says = 20000
	tick(2)
	for _, p := range ports {
		p.says = 5000
	}
	var late ear
	mix.Hear(&late, Hearing{})
	if tick(1); late.heard != 25000 {
		t.Errorf("a listener that comes hears %d", late.heard)
	}
}
