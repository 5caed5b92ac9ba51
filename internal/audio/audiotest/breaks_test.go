package audiotest

import (
	"slices"
	"testing"
	"time"
)

func TestBreaksAreFound(t *testing.T) {
	const rate, pitch = 8000, 437.3
	whole := Tone(rate, 2*time.Second, -9, pitch)
	for _, test := range []struct {
		name   string
		change func([]int16) []int16
		want   []time.Duration
	}{
		{"nothing", func(s []int16) []int16 { return s }, nil},
		{"a clock 0.2 % fast", func([]int16) []int16 { return Tone(rate, 2*time.Second, -9, pitch*1.002) }, nil},
		{"a frame is silent", func(s []int16) []int16 { clear(s[8000:8160]); return s }, []time.Duration{time.Second}},
		{"a ms is silent", func(s []int16) []int16 { clear(s[8000:8016]); return s }, []time.Duration{time.Second}},
		{"a frame is missing", func(s []int16) []int16 { return slices.Delete(s, 8000, 8160) }, []time.Duration{time.Second}},
		{"a frame comes twice", func(s []int16) []int16 { return slices.Insert(s, 8000, slices.Clone(s[7840:8000])...) }, []time.Duration{time.Second}},
		{"two gaps", func(s []int16) []int16 { clear(s[4000:4160]); clear(s[12000:12160]); return s }, []time.Duration{time.Second / 2, 3 * time.Second / 2}},
		{"half as loud", func(s []int16) []int16 {
			for i := range s[15000:] {
				s[15000+i] /= 2
			}
			return s
		}, []time.Duration{15 * time.Second / 8}},
	} {
		found := Breaks(test.change(slices.Clone(whole)), rate, pitch)
		ok := len(found) == len(test.want)
		for i := range min(len(found), len(test.want)) {
			ok = ok && (found[i].At-test.want[i]).Abs() <= breakWindow+5*time.Millisecond
		}
		if test.name == "half as loud" { // it stays so
			ok = len(found) > 0 && (found[0].At-test.want[0]).Abs() <= breakWindow+5*time.Millisecond
		}
		if !ok {
			t.Errorf("%s: found %v", test.name, found)
		}
	}
}
