package call_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/streaming"
)

// secondsHeard counts the frames that a stream hears of who in a second.
func secondsHeard(s *calltest.Stream, who string) int {
	before := s.Heard(who)
	time.Sleep(time.Second)
	return s.Heard(who) - before
}

// TestStreamGoesOnWhateverHappensToParticipants: it hears nobody who is on hold or
// muted, everybody who is moved into the call, and speaks to all of them; the end of the
// call is its end.
func TestStreamGoesOnWhateverHappensToParticipants(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.streaming(call.Streaming{AtOnce: true, Bidirectional: true, Unmixed: true})
		s := w.opened()
		s.Tell(streaming.Opened{})
		who := phone(aPhone)
		leg.Speak(true)
		if n := secondsHeard(s, who.Raw()); n < 48 {
			t.Errorf("at first it hears %d frames of 50", n)
		}
		w.must(conn.Hold(bg, call.Hold{Who: who}))
		if n := secondsHeard(s, who.Raw()); n > 2 {
			t.Errorf("of a participant on hold it hears %d frames", n)
		}
		w.must(conn.Unhold(bg, who))
		if n := secondsHeard(s, who.Raw()); n < 48 {
			t.Errorf("after the hold it hears %d frames of 50", n)
		}
		w.must(conn.Mute(bg, []identifier.ID{who}))
		if n := secondsHeard(s, who.Raw()); n > 2 {
			t.Errorf("of a muted participant it hears %d frames", n)
		}

		moved, _, from := w.answeredBy(bPhone)
		w.must(conn.Move(bg, call.Move{Who: []identifier.ID{phone(bPhone)}, From: from}))
		synctest.Wait()
		moved.Speak(true)
		time.Sleep(200 * time.Millisecond)
		if n := secondsHeard(s, phone(bPhone).Raw()); n < 48 {
			t.Errorf("of a participant that was moved here it hears %d frames of 50", n)
		}
		s.Speak(true)
		before := moved.Heard()
		time.Sleep(time.Second)
		if n := moved.Heard() - before; n < 48 {
			t.Errorf("the participant that was moved here hears %d frames of 50", n)
		}
		w.must(conn.Remove(bg, phone(bPhone), call.Context{}))
		synctest.Wait()
		if s.Closed() {
			t.Error("the stream ended with a participant")
		}
		leg.HangUp()
		synctest.Wait()
		if _, over := w.last(id).(call.CallDisconnected); !over || !s.Closed() {
			t.Errorf("at the end: %T, closed %v", w.last(id), s.Closed())
		}
	})
}
