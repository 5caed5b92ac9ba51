package audio

import (
	"math"
	"sync"
)

// The resampling filter: a sinc under a Kaiser window (Oppenheim and Schafer,
// Discrete-Time Signal Processing, §7.5.3). Of the lower rate's samples it spans
// lobes on each side, which with this beta gives 80 dB of attenuation from half
// the lower rate upwards and a flat passband to 0.42 of it: 3.4 kHz of 8 kHz.
const (
	lobes  = 32
	beta   = 8.0
	cutoff = 0.46
)

// maxPhases bounds the filter's memory. Ratios that need more phases interpolate
// between these; the error is below the window's.
const maxPhases = 512

// sharedBanks are the filter banks of ratios that were used, so that the many
// resamplers of the usual rates have one each between them. Only small ones are
// kept, and few, since files may have any rate.
var sharedBanks struct {
	sync.Mutex
	byRatio map[[2]int]bank
}

type bank struct {
	rows [][]float32
	half int
}

const (
	maxSharedBanks = 16
	maxSharedTaps  = 1 << 16 // of one bank: 256 kB
)

// sharedFilterBank returns the filter bank of a ratio in lowest terms, up samples
// for down. It is for reading alone.
func sharedFilterBank(up, down int) (rows [][]float32, half int) {
	ratio := [2]int{up, down}
	sharedBanks.Lock()
	have, ok := sharedBanks.byRatio[ratio]
	sharedBanks.Unlock()
	if ok {
		return have.rows, have.half
	}
	rows, half = filterBank(down, up, min(up, maxPhases))
	if len(rows)*2*half > maxSharedTaps {
		return rows, half
	}
	sharedBanks.Lock()
	defer sharedBanks.Unlock()
	if sharedBanks.byRatio == nil || len(sharedBanks.byRatio) >= maxSharedBanks {
		sharedBanks.byRatio = make(map[[2]int]bank)
	}
	sharedBanks.byRatio[ratio] = bank{rows, half}
	return rows, half
}

// filterBank returns the filter's phases, each a row of taps over the input.
// Row p of n is for an output that lies p/n of an input sample after the middle
// of the row. One row more than n lets neighbours be interpolated at the end.
func filterBank(from, to, phases int) (rows [][]float32, half int) {
	shrink := max(1, float64(from)/float64(to)) // input samples for one of the lower rate
	half = int(math.Ceil(lobes * shrink))
	rows = make([][]float32, phases+1)
	for p := range rows {
		rows[p] = filterRow(half, float64(p)/float64(phases), cutoff/shrink)
	}
	return rows, half
}

// filterRow computes 2·half taps for an output at half-1+offset, with a cutoff
// in cycles for each input sample.
func filterRow(half int, offset, cutoff float64) []float32 {
	taps := make([]float64, 2*half)
	sum := 0.0
	for k := range taps {
		at := float64(k-half+1) - offset
		taps[k] = sinc(2*cutoff*at) * kaiser(at/float64(half))
		sum += taps[k]
	}
	row := make([]float32, len(taps))
	for k, tap := range taps {
		row[k] = float32(tap / sum) // so that no phase changes the level
	}
	return row
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the window at x, which reaches from -1 to 1.
func kaiser(x float64) float64 {
	if x < -1 || x > 1 {
		return 0
	}
	return bessel(beta*math.Sqrt(1-x*x)) / bessel(beta)
}

// bessel is the modified Bessel function of the first kind and order zero, by
// its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1.0; term > sum*1e-12; k++ {
		term *= x / (2 * k) * (x / (2 * k))
		sum += term
	}
	return sum
}
