package call_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
)

// TestCallsThatCrossAllEnd has three applications make random moves at the same time, each with the
// calls of all: participants are moved from call to call and back, transferred and joined while
// their calls end. Two calls that waited for each other would show as a deadlock of the bubble, one that
// never ends as a call that is left. TestRandomCallsKeepTheRules judges the events.
func TestCallsThatCrossAllEnd(t *testing.T) {
	for seed := range uint64(20) {
		t.Run("", func(t *testing.T) {
			run(t, func(w *world) {
				w.announcer.Calls = make(chan call.IncomingCall, 1<<12) // nobody empties it while a turn waits
				w.dialer.Dialled = make(chan *calltest.Leg, 1<<12)
				all := newGame(w)
				all.heard = w.overhear()
				all.crossing(seed)
				all.end()
			})
		})
	}
}

// crossing lets three applications play at once with what the game has.
func (g *game) crossing(seed uint64) {
	var mu sync.Mutex // held around the lists of the game
	var applications sync.WaitGroup
	for a := range uint64(3) {
		random := rand.New(rand.NewPCG(seed, a))
		applications.Go(func() {
			for range 40 {
				mu.Lock()
				g.take()
				mine := *g
				mine.legs, mine.connections = slices.Clip(g.legs), slices.Clip(g.connections)
				mine.invitations, mine.calls = slices.Clip(g.invitations), slices.Clip(g.calls)
				mu.Unlock()
				had := [...]int{len(mine.legs), len(mine.connections), len(mine.invitations), len(mine.calls)}
				mine.pick = random.IntN(1000)
				moves[random.IntN(len(moves))].make(&mine)
				mu.Lock()
				g.legs = append(g.legs, mine.legs[had[0]:]...)
				g.connections = append(g.connections, mine.connections[had[1]:]...)
				g.invitations = append(g.invitations, mine.invitations[had[2]:]...)
				g.calls = append(g.calls, mine.calls[had[3]:]...)
				mu.Unlock()
			}
		})
	}
	applications.Wait()
}
