package audio

import "fmt"

// Resampler changes the sample rate of a stream by a polyphase filter, at any
// ratio. It has one user. Its delay is that of its filter: 4 ms between 8 and
// 16 kHz.
type Resampler struct {
	up, down int // the ratio in lowest terms: up samples out for down in
	rows     [][]float32
	half     int // half the taps of a row
	exact    bool

	window []float32 // input that is still needed, then room for more
	filled int
	at     int // where in window the next output's taps begin
	phase  int // and how far behind that it lies, in 1/up of a sample
}

// resampleBlock is how much input is filtered at a time.
const resampleBlock = 512

// NewResampler makes a resampler for a stream, between rates of 4 to 192 kHz.
// The output keeps pace with the input: of 160 samples at 8 kHz it makes 320 at
// 16 kHz, from the first call on.
func NewResampler(from, to int) (*Resampler, error) {
	r, err := NewAlignedResampler(from, to)
	if err != nil {
		return nil, err
	}
	r.filled = 2*r.half - 1 // silence of a whole row: the first sample can come out at once
	return r, nil
}

// NewAlignedResampler makes one whose first output is the moment of the first
// input, for a sound that has an end; it holds back half a filter until Flush.
func NewAlignedResampler(from, to int) (*Resampler, error) {
	for _, rate := range []int{from, to} {
		if rate < minRate || rate > maxRate {
			return nil, fmt.Errorf("resample from %d to %d Hz: rates are %d to %d Hz", from, to, minRate, maxRate)
		}
	}
	divisor := gcd(from, to)
	r := &Resampler{up: to / divisor, down: from / divisor, exact: to/divisor <= maxPhases}
	if r.up == r.down {
		return r, nil
	}
	r.rows, r.half = sharedFilterBank(r.up, r.down)
	r.window = make([]float32, 2*r.half+resampleBlock)
	r.filled = r.half - 1
	return r, nil
}

// Append filters in and appends what comes of it to out. It allocates nothing
// when out has room for len(in)·to/from + 1 more.
func (r *Resampler) Append(out, in []int16) []int16 {
	if r.up == r.down {
		return append(out, in...)
	}
	for len(in) > 0 {
		n := min(len(in), len(r.window)-r.filled)
		for i, s := range in[:n] {
			r.window[r.filled+i] = float32(s)
		}
		r.filled += n
		in = in[n:]
		out = r.drain(out)
	}
	return out
}

// Flush appends what an aligned resampler still holds back. Nothing may follow.
func (r *Resampler) Flush(out []int16) []int16 {
	var silence [resampleBlock]int16
	for left := r.half; left > 0; left -= resampleBlock {
		out = r.Append(out, silence[:min(left, resampleBlock)])
	}
	return out
}

// drain computes every output whose taps are there, then forgets old input.
func (r *Resampler) drain(out []int16) []int16 {
	for r.at+2*r.half <= r.filled {
		out = append(out, clip(r.filter(r.window[r.at:r.at+2*r.half])))
		r.phase += r.down
		r.at += r.phase / r.up
		r.phase %= r.up
	}
	r.filled = copy(r.window, r.window[r.at:r.filled])
	r.at = 0
	return out
}

func (r *Resampler) filter(in []float32) float32 {
	if r.exact {
		return dot(in, r.rows[r.phase])
	}
	where := float32(r.phase) * maxPhases / float32(r.up)
	row := int(where)
	low, high := dot(in, r.rows[row]), dot(in, r.rows[row+1])
	return low + (where-float32(row))*(high-low)
}

// dot keeps four sums so that one addition need not wait for the last.
func dot(a, b []float32) float32 {
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i := range min(len(a), len(b)) {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// Resample converts a whole clip, without delay: the result has
// len(samples)·to/from samples, rounded up. Rates are 4 to 192 kHz.
func Resample(samples []int16, from, to int) ([]int16, error) {
	r, err := NewAlignedResampler(from, to)
	if err != nil {
		return nil, err
	}
	length := (len(samples)*r.up + r.down - 1) / r.down
	return r.Flush(r.Append(make([]int16, 0, length), samples)), nil
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
