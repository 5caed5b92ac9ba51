package call_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
)

// TestConnectionsToACallAreBounded: one that ends makes room.
func TestConnectionsToACallAreBounded(t *testing.T) {
	run(t, func(w *world) {
		leg, _, a := w.answered()
		to := call.Locator{ServerCallID: w.last(a).Header().ServerCallID}
		var err error
		var last call.Properties
		accepted := 1 // that of answer
		for ; err == nil && accepted < 1000; accepted++ {
			var p call.Properties
			if p, err = w.Connect(bg, to, control); err == nil {
				last = p
			}
		}
		if !fault.Is(err, fault.KindThrottled) || accepted-1 != 100 {
			t.Errorf("after %d: %v", accepted-1, err)
		}
		conn, err := w.Connection(last.ID)
		w.must(err)
		w.must(conn.HangUp(bg))
		synctest.Wait()
		if _, err := w.Connect(bg, to, control); err != nil {
			t.Errorf("a connection has ended: %v", err)
		}
		leg.HangUp()
	})
}

func TestConnectToACallThatIsOverFails(t *testing.T) {
	run(t, func(w *world) {
		leg, _, a := w.answered()
		over := w.last(a).Header().ServerCallID
		leg.HangUp()
		w.expect(a, connected+" CallDisconnected")
		p, err := w.Connect(bg, call.Locator{ServerCallID: over}, control)
		w.must(err)
		w.expect(p.ID, "ConnectFailed")
		if failed := w.last(p.ID).(call.ConnectFailed); failed.Reason.Kind != call.NoSuchCall || failed.ServerCallID != over {
			t.Errorf("the event is %+v", failed)
		}
		if _, err := w.Connection(p.ID); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("the connection is found: %v", err)
		}
		for _, nonsense := range []string{"nowhere", "", strings.Repeat("QUFB", 1000)} {
			if _, err := w.Connect(bg, call.Locator{ServerCallID: nonsense}, control); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("connecting to %.20q gets %v", nonsense, err)
			}
		}
	})
}

// TestConnectToAGroupOrRoomWithoutClientsFails: only clients make them.
func TestConnectToAGroupOrRoomWithoutClientsFails(t *testing.T) {
	run(t, func(w *world) {
		for _, to := range []call.Locator{{GroupCallID: "6e1a2c1e-5b0a-4c9e-9a64-0d2b7e2ff101"}, {RoomID: "99199690362660524"}} {
			p, err := w.Connect(bg, to, control)
			w.must(err)
			w.expect(p.ID, "ConnectFailed")
			if failed := w.last(p.ID).(call.ConnectFailed); failed.Reason.Kind != call.NoSuchCall || failed.ServerCallID == "" || failed.ServerCallID != p.ServerCallID {
				t.Errorf("the event is %+v", failed)
			}
		}
		for _, to := range []call.Locator{{GroupCallID: "team"}, {RoomID: "99a"}, {RoomID: strings.Repeat("9", 33)}} {
			if _, err := w.Connect(bg, to, control); !fault.Is(err, fault.KindInvalid) {
				t.Errorf("connecting to %+v gets %v", to, err)
			}
		}
	})
}

func TestConnectedApplicationControlsWithoutTakingPart(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, a := w.answered()
		p, err := w.Connect(bg, call.Locator{ServerCallID: w.last(a).Header().ServerCallID}, control)
		w.must(err)
		w.expect(p.ID, connected)
		if list := w.last(p.ID).(call.ParticipantsUpdated).Participants; len(list) != 2 {
			t.Errorf("participants are %v", list)
		}
		w.expect(a, connected)
		other, err := w.Connection(p.ID)
		w.must(err)
		w.must(other.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(2 * time.Second)
		if leg.Heard() != 50 {
			t.Errorf("the phone heard %d frames of 50", leg.Heard())
		}
		w.must(other.HangUp(bg))
		w.expect(p.ID, connected+" PlayStarted PlayCompleted CallDisconnected")
		w.expect(a, connected)
		w.must(conn.HangUp(bg))
	})
}
