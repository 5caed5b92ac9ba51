// Package music is the music on hold that Switchhook brings along. It is generated:
// twelve slow chords under a melody of plucked notes, without anybody's rights. It
// owns nothing.
package music

import "math"

// The shape of the piece: a chord every four seconds, eight notes over each.
const (
	chordSeconds = 4
	notes        = 8
	peak         = 0.32 // of full scale: -10 dB, about as loud as a voice
)

// chord is a bass note, four notes of a pad, and which of them the melody plucks
// (1 to 4, an octave higher; 0 is a rest). Notes are numbered as MIDI does.
type chord struct {
	bass   int
	pad    [4]int
	melody [notes]int
}

// piece is in C: twice through a falling cadence, the second time by another way.
var piece = []chord{
	{48, [4]int{60, 64, 67, 71}, [notes]int{3, 0, 4, 2, 0, 3, 2, 0}}, // C maj 7
	{45, [4]int{60, 64, 67, 69}, [notes]int{4, 0, 3, 1, 0, 2, 0, 3}}, // A min 7
	{53, [4]int{60, 64, 65, 69}, [notes]int{2, 0, 4, 0, 3, 1, 0, 0}}, // F maj 7
	{55, [4]int{59, 62, 64, 67}, [notes]int{4, 0, 2, 3, 0, 1, 0, 2}}, // G 6
	{52, [4]int{59, 62, 64, 67}, [notes]int{3, 0, 4, 0, 2, 0, 1, 0}}, // E min 7
	{45, [4]int{60, 64, 67, 69}, [notes]int{2, 0, 3, 4, 0, 3, 0, 1}}, // A min 7
	{50, [4]int{60, 62, 65, 69}, [notes]int{4, 0, 0, 3, 2, 0, 1, 0}}, // D min 7
	{55, [4]int{60, 62, 65, 67}, [notes]int{3, 0, 4, 0, 2, 0, 0, 0}}, // G 7 sus 4
	{48, [4]int{60, 62, 64, 67}, [notes]int{1, 0, 3, 2, 0, 4, 0, 3}}, // C add 9
	{53, [4]int{60, 65, 67, 69}, [notes]int{4, 0, 2, 0, 3, 0, 1, 0}}, // F add 9
	{50, [4]int{60, 62, 65, 69}, [notes]int{2, 0, 3, 0, 4, 3, 0, 2}}, // D min 7
	{55, [4]int{59, 62, 65, 67}, [notes]int{3, 0, 2, 1, 0, 0, 0, 0}}, // G 7
}

// Seconds is how long the piece lasts.
var Seconds = len(piece) * chordSeconds

// Hold renders the piece at a rate in Hz. Its end goes on in its beginning: what
// sounds there is what rings on from the end.
func Hold(rate int) []int16 {
	r := &renderer{rate: float64(rate), out: make([]float32, Seconds*rate), pad: newPad(), bass: newBass(), pluck: newPluck()}
	for i, c := range piece {
		r.chord(float64(i*chordSeconds), c)
	}
	r.echo(0.42, 0.32)
	return r.samples()
}

// renderer adds notes to a ring of samples.
type renderer struct {
	rate             float64
	out              []float32
	pad, bass, pluck *voice
}

// chord adds a chord and the notes over it.
func (r *renderer) chord(at float64, c chord) {
	for i, note := range c.pad {
		// Two voices for each note, a little apart, so that they float; each note comes
		// a little later than the one below.
		late := at + 0.12*float64(i)
		r.note(late, note, -0.03, r.pad)
		r.note(late, note, +0.03, r.pad)
	}
	r.note(at, c.bass, 0, r.bass)
	r.note(at+chordSeconds*5/8.0, c.bass, 0, r.bass)
	for i, which := range c.melody {
		if which > 0 {
			r.note(at+float64(i)*chordSeconds/notes, c.pad[which-1]+12, 0, r.pluck)
		}
	}
}

// voice is an instrument: partials whose strength and decay differ, under one
// envelope.
type voice struct {
	attack, hold, release float64 // s
	partials              []partial

	shape []float32 // the envelope
	rate  float64   // of it
}

type partial struct {
	multiple float64 // of the note's frequency
	strength float64
	decay    float64 // s, to 1/e; 0 lasts
}

func newPad() *voice {
	return &voice{attack: 1.1, hold: 2.4, release: 1.9, partials: []partial{
		{1, 0.10, 0}, {2, 0.034, 0}, {3, 0.014, 0}, {4, 0.006, 0},
	}}
}

func newBass() *voice {
	return &voice{attack: 0.05, hold: 1.0, release: 0.9, partials: []partial{
		{1, 0.20, 1.6}, {2, 0.14, 1.1}, {3, 0.05, 0.6}, {4, 0.02, 0.4},
	}}
}

func newPluck() *voice {
	return &voice{attack: 0.012, hold: 1.4, release: 0.8, partials: []partial{
		{1, 0.17, 0.75}, {2, 0.05, 0.4}, {3.01, 0.022, 0.18}, {4.98, 0.01, 0.09},
	}}
}

// note adds one note, bent by so many semitones, by turning a pointer for each
// partial; what lies beyond the band is left out.
func (r *renderer) note(at float64, number int, bend float64, v *voice) {
	frequency := 440 * math.Pow(2, (float64(number-69)+bend)/12)
	envelope := v.envelope(r.rate)
	start := int(at*r.rate) % len(r.out)
	for _, p := range v.partials {
		f := frequency * p.multiple
		if f > 0.45*r.rate {
			continue
		}
		turnSin, turnCos := math.Sincos(2 * math.Pi * f / r.rate)
		if p.decay > 0 {
			fall := math.Exp(-1 / (p.decay * r.rate))
			turnSin, turnCos = turnSin*fall, turnCos*fall
		}
		x, y := p.strength, 0.0
		out := r.out[start:]
		for _, e := range envelope {
			if len(out) == 0 {
				out = r.out
			}
			out[0] += float32(y) * e
			out = out[1:]
			x, y = x*turnCos-y*turnSin, x*turnSin+y*turnCos
		}
	}
}

// envelope rises and falls without a corner. It is the same for every note.
func (v *voice) envelope(rate float64) []float32 {
	if len(v.shape) == 0 || v.rate != rate {
		v.rate, v.shape = rate, nil
		for i := range int((v.attack + v.hold + v.release) * rate) {
			t := float64(i) / rate
			v.shape = append(v.shape, float32(smooth(min(1, t/v.attack))*smooth(min(1, (v.attack+v.hold+v.release-t)/v.release))))
		}
	}
	return v.shape
}

// smooth goes from 0 to 1 without a corner.
func smooth(x float64) float64 { return x * x * (3 - 2*x) }

// echo repeats the piece after so many seconds, weaker each time. It goes round
// twice: the second time the end's echoes are in the beginning.
func (r *renderer) echo(after, strength float64) {
	delay := int(after * r.rate)
	wet := make([]float32, len(r.out))
	for i := range 2 * len(r.out) {
		at, before := i%len(r.out), (i+len(r.out)-delay)%len(r.out)
		wet[at] = r.out[at] + float32(strength)*wet[before]
	}
	r.out = wet
}

// samples brings the loudest moment to the peak.
func (r *renderer) samples() []int16 {
	most := float32(0)
	for _, s := range r.out {
		most = max(most, s, -s)
	}
	samples := make([]int16, len(r.out))
	for i, s := range r.out {
		samples[i] = int16(s / most * peak * math.MaxInt16)
	}
	return samples
}
