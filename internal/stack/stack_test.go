package stack

import (
	"sync"
	"testing"
)

// deep needs some kB of stack, in frames such as those of a parser.
//
//go:noinline
func deep(n int) byte {
	var frame [200]byte
	frame[n] = byte(n)
	if n == 0 {
		return frame[n]
	}
	return frame[n] + deep(n-1)
}

// BenchmarkGoroutine is a goroutine that goes 20 calls deep, without and with a stack
// for it.
func BenchmarkGoroutine(b *testing.B) {
	for name, first := range map[string]func(){"as Go does": func() {}, "grown at once": Grow} {
		b.Run(name, func(b *testing.B) {
			var work sync.WaitGroup
			for b.Loop() {
				work.Go(func() {
					first()
					deep(20)
				})
				work.Wait()
			}
		})
	}
}

func TestGrowIsSafeFromAnyDepth(t *testing.T) {
	var work sync.WaitGroup
	for depth := range 60 {
		work.Go(func() {
			if depth > 0 {
				deep(depth)
			}
			Grow()
			if got := deep(3); got != 6 {
				t.Errorf("%d", got)
			}
		})
	}
	work.Wait()
}
