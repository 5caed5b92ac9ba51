package call_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestDecidedRingsAreForgotten while their call goes on, but for the last: a group may
// invite people all day.
func TestDecidedRingsAreForgotten(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		var contexts []string
		for n := range 101 {
			_, err := conn.Add(bg, call.Add{Who: identifier.User(resource, fmt.Sprint("agent-", n))})
			w.must(err)
			in := <-w.announcer.Calls
			w.must(w.Reject(bg, in.Context, call.Busy))
			synctest.Wait()
			contexts = append(contexts, in.Context)
		}
		for at, want := range map[int]call.Refusal{0: call.CallOver, 1: call.AlreadyDecided, 100: call.AlreadyDecided} {
			if err := w.Reject(bg, contexts[at], call.Busy); !errors.Is(err, want) {
				t.Errorf("ring %d: %v", at, err)
			}
		}
		leg.HangUp()
	})
}
