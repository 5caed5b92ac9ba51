package sfu

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestNumbersGoOn asks, for any order of switches, losses, late packets and
// wrap-arounds, that a receiver's numbers are newer with each packet in its order, that
// none comes twice, that a switch leaves no gap, and that each can be found again.
func TestNumbersGoOn(t *testing.T) {
	seeds := uint64(300)
	if testing.Short() {
		seeds = 50
	}
	for seed := range seeds {
		random := rand.New(rand.NewPCG(seed, 1))
		var r rewriter
		layers := []*Layer{{}, {}, {}}
		at := make([]numbers, len(layers))
		for i := range at {
			at[i] = numbers{int64(random.IntN(1 << 17)), random.Uint32(), uint16(random.IntN(1 << 15)), uint8(random.IntN(256))}
		}
		type sent struct {
			layer *Layer
			seq   int64
		}
		given := make(map[int64]sent)
		var order []int64
		var began []int // where in order each run begins
		for range 60 {
			i := random.IntN(len(layers))
			had, last := r.any, r.last
			began = append(began, len(order))
			r.begin(layers[i], at[i], uint32(random.IntN(4000)), false)
			run := make([]numbers, 1+random.IntN(30))
			for k := range run {
				run[k] = at[i]
				at[i].seq++
				if random.IntN(3) == 0 {
					at[i] = numbers{at[i].seq, at[i].timestamp + 3000, (at[i].id + 1) & 0x7fff, at[i].tl + 1}
				}
			}
			for k := range run[1:] { // the key frame's first packet begins; others may be late, and some are lost
				if j := 1 + random.IntN(len(run)-1); random.IntN(3) == 0 {
					run[k+1], run[j] = run[j], run[k+1]
				}
			}
			for k, n := range run {
				if k > 0 && random.IntN(10) == 0 {
					continue
				}
				out, ok := r.rewrite(n)
				if !ok {
					t.Fatalf("seed %d: %+v is from before its run", seed, n)
				}
				if k == 0 && had && (out.seq != last.seq+1 || int32(out.timestamp-last.timestamp) < 1 || out.id != (last.id+1)&0x7fff || out.tl != last.tl+1) {
					t.Fatalf("seed %d: %+v is followed by %+v", seed, last, out)
				}
				if _, twice := given[out.seq]; twice {
					t.Fatalf("seed %d: %d was given twice", seed, out.seq)
				}
				given[out.seq] = sent{layers[i], n.seq}
				order = append(order, out.seq)
			}
			if _, ok := r.rewrite(numbers{seq: run[0].seq - 1}); ok {
				t.Fatalf("seed %d: what is from before the key frame passes", seed)
			}
			at[i].seq += int64(random.IntN(70000))
		}
		if r.last.seq != slices.Max(order) {
			t.Fatalf("seed %d: the last number is %d, the highest %d", seed, r.last.seq, slices.Max(order))
		}
		for _, seq := range order[began[max(len(began)-mostRuns, 0)]:] {
			of, source, ok := r.find(seq)
			if want := given[seq]; !ok || of.layer != want.layer || source != want.seq || source+of.offset.seq != seq {
				t.Fatalf("seed %d: %d is found as %d, %v", seed, seq, source, ok)
			}
		}
	}
}

// TestNothingFromBeforeAGapIsFound: after an outage a receiver asks for what it has
// missed; answering would keep it waiting.
func TestNothingFromBeforeAGapIsFound(t *testing.T) {
	var r rewriter
	l := &Layer{}
	r.begin(l, numbers{seq: 100}, 0, true)
	r.rewrite(numbers{seq: 100})
	r.rewrite(numbers{seq: 101})
	r.begin(l, numbers{seq: 200}, 9000, true)
	r.rewrite(numbers{seq: 200})
	if _, source, ok := r.find(102); !ok || source != 200 {
		t.Errorf("102 is %d, %v", source, ok)
	}
	for _, seq := range []int64{100, 101, 103} {
		if _, _, ok := r.find(seq); ok {
			t.Errorf("%d is found", seq)
		}
	}
}

func TestNumbersWrapAround(t *testing.T) {
	for _, test := range []struct {
		seq        uint16
		near, want int64
	}{{5, 65530, 65541}, {65530, 65541, 65530}, {7, 7, 7}, {0, 1 << 20, 1 << 20}, {65535, 1 << 20, 1<<20 - 1}} {
		if got := extend(test.seq, test.near); got != test.want {
			t.Errorf("%d near %d is %d, want %d", test.seq, test.near, got, test.want)
		}
	}
}
