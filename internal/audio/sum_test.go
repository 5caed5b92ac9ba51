package audio

import (
	"sync"
	"testing"
)

// constant says one value for ever; 0 is silence.
type constant int16

func (c constant) ReadFrame(f Frame) bool {
	for i := range f {
		f[i] = int16(c)
	}
	return c != 0
}

// ending is a source that ends.
type ending struct {
	constant
	done chan struct{}
}

func (e ending) Done() <-chan struct{} { return e.done }

func TestSumOfSources(t *testing.T) {
	for _, test := range []struct {
		name string
		says []constant
		want int16
	}{
		{"none", nil, 0},
		{"one", []constant{5}, 5},
		{"a silent one alone", []constant{0}, 0},
		{"several", []constant{5, 70, 300}, 375},
		{"silent ones among them", []constant{0, 5, 0, 70, 0}, 75},
		{"clipped above", []constant{30000, 20000}, 32767},
		{"clipped below", []constant{-30000, -20000}, -32768},
	} {
		for _, samples := range []int{narrowFrame, wideFrame} {
			t.Run(test.name, func(t *testing.T) {
				var sum Sum
				for _, c := range test.says {
					sum.Add(c)
				}
				f := make(Frame, samples)
				heard := sum.ReadFrame(f)
				if heard != (test.want != 0) || heard && (f[0] != test.want || f[samples-1] != test.want) {
					t.Errorf("%v: %d … %d, want %d", heard, f[0], f[samples-1], test.want)
				}
			})
		}
	}
}

func TestSourcesLeaveASum(t *testing.T) {
	var sum Sum
	f := make(Frame, narrowFrame)
	first, second := sum.Add(constant(1)), sum.Add(constant(20))
	first()
	first()
	if sum.ReadFrame(f); f[0] != 20 {
		t.Errorf("after the first has left: %d", f[0])
	}
	second()
	if sum.ReadFrame(f) {
		t.Error("says something when all have left")
	}
}

func TestEndedSourcesAreForgotten(t *testing.T) {
	var sum Sum
	for range 10 {
		e := ending{constant(1), make(chan struct{})}
		sum.Add(e)
		close(e.done)
	}
	sum.Add(constant(1))
	if n := len(*sum.sources.Load()); n != 1 {
		t.Errorf("%d sources are kept", n)
	}
}

// TestSumUnderLoad is for the race detector.
func TestSumUnderLoad(t *testing.T) {
	var sum Sum
	var work sync.WaitGroup
	for range 4 {
		work.Go(func() {
			for range 200 {
				sum.Add(constant(1))()
			}
		})
	}
	for f := make(Frame, narrowFrame); ; {
		if sum.ReadFrame(f) && (f[0] < 1 || f[0] > 4) {
			t.Errorf("four sources say %d", f[0])
		}
		if list := sum.sources.Load(); list != nil && len(*list) == 0 {
			break
		}
	}
	work.Wait()
	if sum.ReadFrame(make(Frame, narrowFrame)) {
		t.Error("a source was left behind")
	}
}

func TestSumDoesNotAllocate(t *testing.T) {
	var sum Sum
	sum.Add(constant(1))
	sum.Add(constant(2))
	f := make(Frame, wideFrame)
	if n := testing.AllocsPerRun(100, func() { sum.ReadFrame(f) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func BenchmarkSumOfTwo(b *testing.B) {
	var sum Sum
	sum.Add(constant(1))
	sum.Add(constant(2))
	f := make(Frame, narrowFrame)
	b.ReportAllocs()
	for b.Loop() {
		sum.ReadFrame(f)
	}
}
