package call

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
)

// TestNewsAreReadOneByOneInTheirOrder leaves news in each of the three ways at once. The
// race detector sees whether two are read at a time; one that nobody reads shows as a
// deadlock.
func TestNewsAreReadOneByOneInTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const writers, each = 8, 300
		var c Call
		var next [writers]int
		var all sync.WaitGroup
		all.Add(writers * each)
		for w := range writers {
			go func() {
				for i := range each {
					read := func() {
						if next[w] != i {
							t.Errorf("writer %d: read %d, want %d", w, i, next[w])
						}
						next[w]++
						all.Done()
					}
					switch (w + i) % 3 {
					case 0:
						c.post(read)
					case 1:
						c.putHere(message{do: read})
					default:
						if err := c.do(context.Background(), func() error { read(); return nil }); err != nil {
							t.Error(err)
						}
					}
				}
			}()
		}
		all.Wait()
	})
}

// TestNewsThatFollowFromNewsAreReadInTheSameTurn asks that who has the turn reads what it
// leaves itself, though it finds the turn taken.
func TestNewsThatFollowFromNewsAreReadInTheSameTurn(t *testing.T) {
	var c Call
	var got []int
	c.putHere(message{do: func() {
		c.post(func() { got = append(got, 2) })
		c.putHere(message{do: func() { got = append(got, 3) }})
		got = append(got, 1)
	}})
	if len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("read %v", got)
	}
}
