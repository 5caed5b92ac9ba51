package voice

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

const endSilence = 500 * time.Millisecond

// turns lets a turn hear a sound and tells when turns began and ended, in ms.
func turns(samples []int16, wide, prompt bool) (began, ended []int) {
	t := NewTurn()
	size := frame
	if wide {
		samples, _ = audio.Resample(samples, rate, 2*rate)
		size = 2 * frame
	}
	for at := 0; len(samples) >= size; at += 20 {
		switch t.Hear(samples[:size], endSilence, prompt) {
		case Began:
			began = append(began, at+20)
		case Ended:
			ended = append(ended, at+20)
		}
		samples = samples[size:]
	}
	return began, ended
}

// TestVoicesAreFound: men, women and children, loud and soft, in noise.
func TestVoicesAreFound(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, noisy := range []struct {
		name          string
		colour, level float64
		least         int // of a hundred
	}{{"clean", 0, -200, 95}, {"20 dB", 0, -46, 95}, {"10 dB of white noise", 0, -36, 90}, {"10 dB of a car", 0.95, -36, 90}} {
		found, all, late := 0, 0, 0
		for _, wide := range []bool{false, true} {
			for pitch := 90.0; pitch <= 300; pitch += 15 {
				said := join(silence(400*time.Millisecond), vowels(pitch, 6, -26), silence(900*time.Millisecond))
				if noisy.level > -100 {
					said = over(said, noise(r, 4*time.Second, noisy.colour, noisy.level))
				}
				began, ended := turns(said, wide, false)
				all++
				if len(began) > 0 && began[0] > 400 {
					found++
					if began[0] > 400+300 {
						late++
					}
				}
				if noisy.level < -100 && len(began) > 0 && (len(ended) != 1 || ended[0] < 1880-70+400 || ended[0] > 1900+620) {
					t.Errorf("%s, pitch %v: ended %v, after speech until about 1880 ms and 500 ms of silence", noisy.name, pitch, ended)
				}
			}
		}
		if found*100 < noisy.least*all || late*10 > all {
			t.Errorf("%s: %d of %d found, %d late", noisy.name, found, all, late)
		}
	}
}

// TestOtherSoundsAreNoSpeech: what a telephone carries beside voices.
func TestOtherSoundsAreNoSpeech(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	type sound struct {
		name string
		make func() []int16
	}
	sounds := []sound{
		{"breath", func() []int16 { return shaped(r, 600*time.Millisecond, 150*time.Millisecond, 0.3, -30) }},
		{"cough", func() []int16 { return shaped(r, 250*time.Millisecond, 5*time.Millisecond, 0.5, -18) }},
		{"thump", func() []int16 { return thump(r, -12) }},
		{"click", func() []int16 { return click(-10) }},
		{"white noise", func() []int16 { return noise(r, 2*time.Second, 0, -40) }},
		{"car", func() []int16 { return noise(r, 2*time.Second, 0.97, -25) }},
		{"hum", func() []int16 { return audiotest.Tone(rate, 2*time.Second, -30, 50) }},
	}
	for _, key := range audiotest.Keys(audiotest.DTMF(rate, "0123456789ABCD*#"), rate) {
		sounds = append(sounds, sound{"key " + string(key), func() []int16 { return audiotest.DTMF(rate, string(key)) }})
	}
	for _, f := range []float64{400, 440, 700, 1000, 1400, 2000} {
		sounds = append(sounds, sound{fmt.Sprintf("beep of %v Hz", f), func() []int16 { return beep(f, 500*time.Millisecond) }})
	}
	for _, sound := range sounds {
		for range 10 {
			heard := join(silence(300*time.Millisecond), sound.make(), silence(300*time.Millisecond))
			if began, _ := turns(heard, false, false); len(began) > 0 {
				t.Errorf("%s is taken for speech, at %v ms", sound.name, began)
				break
			}
		}
	}
}

// TestSpeechIsFoundAtEveryLevel: speech from −40 to −6 dBFS, with an offset and a hum.
func TestSpeechIsFoundAtEveryLevel(t *testing.T) {
	for _, level := range []float64{-40, -33, -20, -10, -6} {
		said := join(silence(300*time.Millisecond), vowels(130, 5, level), silence(time.Second))
		hum := audiotest.Tone(rate, 3*time.Second, level-25, 50)
		for i := range hum {
			hum[i] += 200
		}
		if began, _ := turns(over(said, hum), false, false); len(began) != 1 {
			t.Errorf("at %v dBFS it began %v", level, began)
		}
	}
}

// TestCallMayBeginInsideSpeech: there is no silence to learn the noise from.
func TestCallMayBeginInsideSpeech(t *testing.T) {
	if began, _ := turns(join(vowels(120, 6, -26), silence(time.Second)), false, false); len(began) == 0 || began[0] > 250 {
		t.Errorf("began %v", began)
	}
}

// TestPromptAsksForMore: an echo that would begin a turn does not interrupt a
// prompt; a caller's voice does, within 250 ms.
func TestPromptAsksForMore(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	said := join(silence(1500*time.Millisecond), vowels(130, 8, -53), silence(time.Second))
	heard := over(said, noise(r, 6*time.Second, 0, -55))
	quiet, _ := turns(heard, false, false)
	prompt, _ := turns(heard, false, true)
	if len(quiet) == 0 || len(prompt) != 0 {
		t.Errorf("the echo began a turn %v without a prompt and %v with one", quiet, prompt)
	}
	loud, _ := turns(join(silence(500*time.Millisecond), vowels(130, 8, -20)), false, true)
	if len(loud) == 0 || loud[0] > 750 {
		t.Errorf("the caller's voice interrupted at %v ms, having begun at 500", loud)
	}
}

// TestNoiseThatStaysIsNoSpeech: a noise that begins is no turn, and does not stop
// later speech from being found.
func TestNoiseThatStaysIsNoSpeech(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	heard := join(silence(time.Second), noise(r, 12*time.Second, 0.5, -38))
	heard = append(heard, over(vowels(140, 6, -22), noise(r, 3*time.Second, 0.5, -38))...)
	began, _ := turns(heard, false, false)
	if len(began) != 1 || began[0] < 13000 {
		t.Errorf("began %v, the speech begins at 13000", began)
	}
}

// TestVoiceIsFoundAfterWhateverWasLoud: the floor of noise follows what is heard within a
// second and a half, so that nothing that lasted for minutes makes the detector deaf.
func TestVoiceIsFoundAfterWhateverWasLoud(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for name, before := range map[string][]int16{
		"a minute of loud noise":        noise(r, time.Minute, 0, -12),
		"a minute of a loud car":        noise(r, time.Minute, 0.95, -12),
		"a minute of a dial tone":       beep(425, time.Minute),
		"a minute of talk, no pause":    vowels(120, 240, -12),
		"a minute of nothing":           silence(time.Minute),
		"half a minute each of the two": join(noise(r, 30*time.Second, 0, -6), vowels(200, 120, -6)),
	} {
		end := len(before) * 1000 / rate
		began, _ := turns(join(before, silence(2*time.Second), vowels(110, 6, -30), silence(time.Second)), false, false)
		if len(began) == 0 || began[len(began)-1] < end+2000 || began[len(began)-1] > end+2000+400 {
			t.Errorf("%s: a voice at %d ms is found at %v", name, end+2000, began)
		}
	}
}

func TestDetectorDoesNotAllocate(t *testing.T) {
	turn, said := NewTurn(), vowels(130, 8, -26)
	at := 0
	if n := testing.AllocsPerRun(80, func() { turn.Hear(said[at:at+frame], endSilence, false); at += frame }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkHear(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 10))
	for name, heard := range map[string][]int16{"silence": silence(2 * time.Second), "noise": noise(r, 2*time.Second, 0, -40), "speech": vowels(130, 8, -26)} {
		b.Run(name, func(b *testing.B) {
			turn, at := NewTurn(), 0
			b.ReportAllocs()
			for b.Loop() {
				turn.Hear(heard[at:at+frame], endSilence, false)
				if at += frame; at+frame > len(heard) {
					at = 0
				}
			}
		})
	}
}

// TestWidenerGoesOnAcrossARise: a tone of a phone is one tone where its call becomes
// wideband; silence is silence, and nothing is allocated.
func TestWidenerGoesOnAcrossARise(t *testing.T) {
	said := audiotest.Tone(8000, time.Second, -12, 437)
	var leg audio.Bridge
	var w Widener
	var heard []int16
	for i := range 50 {
		f := audio.Frame(said[i*160 : (i+1)*160])
		if i >= 25 {
			f = leg.Convert(make(audio.Frame, 320), f)
		} else {
			leg.Convert(make(audio.Frame, 160), f)
		}
		heard = append(heard, w.Widen(f)...)
	}
	if breaks := audiotest.Breaks(heard[800:], WideRate, 437); len(breaks) > 0 {
		t.Errorf("the tone breaks at %v", breaks)
	}
	w.Widen(nil)
	for _, s := range w.Widen(nil) {
		if s != 0 {
			t.Fatalf("silence is %d", s)
		}
	}
	if n := testing.AllocsPerRun(100, func() { w.Widen(nil); w.Widen(said[:160]) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
