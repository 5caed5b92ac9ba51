package call_test

import (
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// why is the reason that an application was told of its call's end.
func (w *world) why(id string) call.Reason {
	w.Helper()
	synctest.Wait()
	end, ok := w.last(id).(call.CallDisconnected)
	if !ok {
		w.Fatalf("the last event is %T", w.last(id))
	}
	return end.Reason
}

// TestLastOneLeftIsToldSo: in a call of more than two, and in one of two after a third
// application had connected to it, as the live tests of .NET were recorded; not in another
// call of two, nor where an application ends the call.
func TestLastOneLeftIsToldSo(t *testing.T) {
	tests := []struct {
		name  string
		alone bool
		leave func(w *world, caller, callee *call.Connection, answerer identifier.ID)
	}{
		{"a call of two", false, func(w *world, _, callee *call.Connection, _ identifier.ID) { w.must(callee.HangUp(bg)) }},
		{"after a connect", true, func(w *world, _, callee *call.Connection, _ identifier.ID) {
			w.must(w.connects(callee).HangUp(bg))
			w.must(callee.HangUp(bg))
		}},
		{"ended by who had connected", false, func(w *world, _, callee *call.Connection, _ identifier.ID) {
			w.must(w.connects(callee).Terminate(bg))
		}},
		{"a group", true, func(w *world, caller, callee *call.Connection, _ identifier.ID) {
			w.addPhone(caller, bPhone).HangUp()
			synctest.Wait()
			w.must(callee.HangUp(bg))
		}},
		{"a group by a removal", true, func(w *world, caller, _ *call.Connection, answerer identifier.ID) {
			w.addPhone(caller, bPhone).HangUp()
			synctest.Wait()
			w.must(caller.Remove(bg, answerer, call.Context{}))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run(t, func(w *world) {
				caller, callee, from, _, answerer := w.talk()
				test.leave(w, caller, callee, answerer)
				if why := w.why(from); why.Kind != call.EndedByPeer || why.Alone != test.alone || why.ByApplication {
					t.Errorf("the call ended with %+v", why)
				}
			})
		})
	}
}

// connects is another application that controls the call of a connection.
func (w *world) connects(to *call.Connection) *call.Connection {
	w.Helper()
	p, err := w.Connect(bg, call.Locator{ServerCallID: w.serverCallID(to)}, control)
	w.must(err)
	conn, err := w.Connection(p.ID)
	w.must(err)
	return conn
}

// TestRemovalEndsACallOfTwo: who removes the other end is told that an application ended
// the call, as the live tests of .NET were recorded.
func TestRemovalEndsACallOfTwo(t *testing.T) {
	run(t, func(w *world) {
		caller, _, from, to, answerer := w.talk()
		w.must(caller.Remove(bg, answerer, call.Context{}))
		if why := w.why(from); why.Kind != call.EndedByPeer || !why.ByApplication || why.Alone {
			t.Errorf("who removed hears %+v", why)
		}
		if why := w.why(to); why.Kind != call.Removed {
			t.Errorf("who was removed hears %+v", why)
		}
	})
}
