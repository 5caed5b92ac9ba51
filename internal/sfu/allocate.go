package sfu

import (
	"cmp"
	"slices"
)

// forSound is what is left of the estimate for sound, in bits a second.
const forSound = 50_000

// wish is what a client wants of one stream.
type wish struct {
	screen   bool
	priority int
	pixels   int // of the view
	options  []option
	now      int  // the option that is sent; -1: none
	rests    bool // no larger option than that
}

// option is a layer that could be sent.
type option struct {
	pixels, rate int
	fewer        bool // pictures
}

// best is the smallest option of all pictures that fills the view, or the largest.
func (w *wish) best() int {
	for i, o := range w.options {
		if !o.fewer && o.pixels >= w.pixels*2/3 {
			return i
		}
	}
	return len(w.options) - 1
}

// allocate chooses an option for each wish, -1 where none fits: screens first, then the
// smallest picture for everybody, in the order of the wishes, then larger ones where a
// bit gains most pixels. What is chosen anew costs a tenth more, so that nothing swings.
// The first wish that has options always gets its smallest: where nothing is sent, nothing
// tells that the path has become better.
func allocate(budget int, wishes []wish) (chosen []int, wanted int) {
	chosen = make([]int, len(wishes))
	left := budget
	first := slices.IndexFunc(wishes, func(w wish) bool { return len(w.options) > 0 })
	take := func(i, to int) bool {
		w, cost := &wishes[i], wishes[i].options[to].rate
		if w.rests && to > max(w.now, 0) {
			return false
		}
		if chosen[i] >= 0 {
			cost -= w.options[chosen[i]].rate
		}
		need := cost
		if to > w.now {
			need += w.options[to].rate / 10
		}
		if need > left && (i != first || to != 0) {
			return false
		}
		left -= cost
		chosen[i] = to
		return true
	}
	for i := range wishes {
		chosen[i] = -1
		if best := wishes[i].best(); best >= 0 {
			wanted += wishes[i].options[best].rate
		}
	}
	for i, w := range wishes {
		for to := w.best(); w.screen && to >= 0 && !take(i, to); to-- {
		}
	}
	for i, w := range wishes {
		if !w.screen && len(w.options) > 0 {
			take(i, 0)
		}
	}
	for raised := true; raised; {
		raised = false
		for _, i := range byGain(wishes, chosen) {
			if take(i, chosen[i]+1) {
				raised = true
				break
			}
		}
	}
	return chosen, wanted
}

// byGain orders the wishes that can be raised by pixels gained per bit.
func byGain(wishes []wish, chosen []int) (list []int) {
	gain := func(i int) float64 {
		from, to := wishes[i].options[chosen[i]], wishes[i].options[chosen[i]+1]
		shown := min(to.pixels, wishes[i].pixels) - min(from.pixels, wishes[i].pixels)
		return float64(shown) / float64(max(to.rate-from.rate, 1)) * float64(1+wishes[i].priority)
	}
	for i := range wishes {
		if !wishes[i].screen && chosen[i] >= 0 && chosen[i] < wishes[i].best() {
			list = append(list, i)
		}
	}
	slices.SortStableFunc(list, func(a, b int) int { return cmp.Compare(gain(b), gain(a)) })
	return list
}
