package audio

import "math"

// sineBits is the size of the sine table; with interpolation between its
// entries the error stays below one step of 16 bits.
const sineBits = 10

var sine = func() (table [1<<sineBits + 1]float32) {
	for i := range table {
		table[i] = float32(math.Sin(2 * math.Pi * float64(i) / (1 << sineBits)))
	}
	return table
}()

// Oscillator is a Source that sounds one or several sine waves for ever, at any
// rate. It has one reader.
type Oscillator struct {
	amplitude float32
	waves     []wave
}

type wave struct {
	frequency float64
	phase     uint32 // 2³² is a full turn, so that it wraps by itself
}

// NewOscillator sounds the frequencies (in Hz) together, each at a level in dB
// below full scale: -6 is half the amplitude. Frequencies that a frame's rate
// cannot carry are left out of that frame.
func NewOscillator(level float64, frequencies ...float64) *Oscillator {
	o := &Oscillator{amplitude: float32(math.MaxInt16 * math.Pow(10, level/20))}
	for _, f := range frequencies {
		o.waves = append(o.waves, wave{frequency: f})
	}
	return o
}

// ReadFrame implements Source.
func (o *Oscillator) ReadFrame(f Frame) bool {
	rate := float64(f.Rate())
	clear(f)
	heard := false
	for w := range o.waves {
		wave := &o.waves[w]
		if wave.frequency <= 0 || wave.frequency >= rate/2 {
			continue
		}
		heard = true
		step := uint32(wave.frequency / rate * (1 << 32))
		for i := range f {
			f[i] = clip(float32(f[i]) + o.amplitude*sineOf(wave.phase))
			wave.phase += step
		}
	}
	return heard
}

func sineOf(phase uint32) float32 {
	const fractionBits = 32 - sineBits
	at := phase >> fractionBits
	fraction := float32(phase&(1<<fractionBits-1)) / (1 << fractionBits)
	return sine[at] + fraction*(sine[at+1]-sine[at])
}
