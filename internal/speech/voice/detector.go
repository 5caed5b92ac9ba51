package voice

import (
	"math"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	rate   = 8000
	frame  = rate / audio.FramesPerSecond
	window = 2 * frame // what is looked at: 40 ms

	// loudest is the level of a full-scale sine, as the mean of squares.
	loudest = 32768.0 * 32768.0 / 2
)

// The rules of a voiced frame. They were measured with synthetic voices in noise of
// 20, 10 and 5 dB, and with breaths, coughs, clicks, thumps, beeps and keys.
const (
	aboveFloor = 4.0  // times the floor's energy: 6 dB
	voicing    = 0.45 // of the autocorrelation
	tonal      = 0.93 // of the energy in two peaks is no voice
	pitchLow   = 75   // Hz
	pitchHigh  = 350  // Hz
)

// quietest is the level below which nothing counts: −55 dBFS.
var quietest = float32(loudest * math.Pow(10, -55.0/10))

// The floor of noise is 1.5 times the least energy of a frame within six
// sub-windows of 240 ms.
const (
	subWindows = 6
	subWindow  = 12 // frames
	floorScale = 1.5
)

// Detector decides frame by frame whether somebody speaks. It has one user and does
// not allocate.
type Detector struct {
	halver    halver
	band      [2]biquad // 200 to 3,400 Hz: for the level
	pitch     [3]biquad // 160 to 1,000 Hz, steep below: for the pitch, by its harmonics
	narrow    [frame]float32
	recent    [window]float32     // the last 40 ms of the level's band
	slow      [window / 2]float32 // the last 40 ms of the pitch's band, at 4 kHz
	minima    [subWindows]float32
	frames    int // of the present sub-window
	level     float32
	transform [points]complex64
}

// NewDetector returns a detector that knows no noise yet.
func NewDetector() *Detector {
	d := &Detector{
		band:  [2]biquad{highPass(rate, 200), lowPass(rate, 3400)},
		pitch: [3]biquad{highPass(rate, 160), highPass(rate, 160), lowPass(rate, 1000)},
	}
	for i := range d.minima {
		d.minima[i] = quietest / 10
	}
	return d
}

// Voiced reports whether the speaker's voice is in a frame of 8 or 16 kHz; nil is
// silence. More is how many times louder than usual it has to be: above 1 while
// something else is played that may come back as an echo.
func (d *Detector) Voiced(f audio.Frame, more float32) bool {
	d.take(f)
	floor := d.follow()
	if d.level < quietest || d.level < more*aboveFloor*floor {
		return false
	}
	return d.periodic() && d.peaksShare() <= tonal
}

// Level is the mean of squares of the last frame, in the band of voices.
func (d *Detector) Level() float32 { return d.level }

// take filters a frame and appends it to what is looked at.
func (d *Detector) take(f audio.Frame) {
	switch len(f) {
	case frame:
		for i, s := range f {
			d.narrow[i] = float32(s)
		}
	case 2 * frame:
		d.halver.halve(d.narrow[:], f)
	default:
		d.narrow = [frame]float32{}
	}
	copy(d.recent[:], d.recent[frame:])
	copy(d.slow[:], d.slow[frame/2:])
	var energy float32
	for i, x := range d.narrow {
		y := d.band[1].next(d.band[0].next(x))
		d.recent[frame+i] = y
		energy += y * y
		if z := d.pitch[2].next(d.pitch[1].next(d.pitch[0].next(x))); i%2 == 0 {
			d.slow[frame/2+i/2] = z
		}
	}
	d.level = energy / frame
}

// follow updates the floor of noise with the last frame and returns it.
func (d *Detector) follow() float32 {
	if d.frames == 0 {
		copy(d.minima[:], d.minima[1:])
		d.minima[subWindows-1] = d.level
	}
	d.frames = (d.frames + 1) % subWindow
	now := &d.minima[subWindows-1]
	*now = min(*now, d.level)
	least := d.minima[0]
	for _, m := range d.minima[1:] {
		least = min(least, m)
	}
	return floorScale * least
}

// periodic reports whether the last 40 ms repeat with the pitch of a voice.
func (d *Detector) periodic() bool {
	const slowRate = rate / 2
	x := d.slow[:]
	for lag := slowRate / pitchHigh; lag <= slowRate/pitchLow; lag++ {
		var product, one, other float32
		early, late := x[:len(x)-lag], x[lag:]
		for i, a := range early {
			b := late[i]
			product += a * b
			one += a * a
			other += b * b
		}
		if product > 0 && product*product > voicing*voicing*one*other {
			return true
		}
	}
	return false
}
