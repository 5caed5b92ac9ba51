package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/streaming"
)

// streaming answers a call of a phone with media streaming set up.
func (w *world) streaming(options call.Streaming) (*calltest.Leg, *call.Connection, string) {
	w.Helper()
	leg, in := w.incoming()
	options.URL, options.Rate = "wss://app.test/stream", 16000
	with := control
	with.Streaming = &options
	p, err := w.Answer(bg, in.Context, identifier.ID{}, with)
	if err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	conn, err := w.Connection(p.ID)
	if err != nil {
		w.Fatal(err)
	}
	return leg, conn, p.ID
}

func (w *world) opened() *calltest.Stream {
	w.Helper()
	all := w.streams.Opened()
	if len(all) == 0 {
		w.Fatal("no stream was opened")
	}
	return all[len(all)-1]
}

func TestStreamIsStartedAndStopped(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.streaming(call.Streaming{})
		if p, err := conn.Properties(bg); err != nil || p.Streaming == nil || p.Streaming.Active || p.Streaming.ID == "" {
			t.Errorf("before the start: %+v, %v", p.Streaming, err)
		}
		w.must(conn.StartStreaming(bg, call.Context{Operation: "first"}))
		w.must(conn.StartStreaming(bg, call.Context{Operation: "again"}))
		s := w.opened()
		s.Tell(streaming.Opened{})
		synctest.Wait()
		w.expect(id, connected+" MediaStreamingStarted MediaStreamingStarted")
		if n := len(w.streams.Opened()); n != 1 || w.last(id).Header().Operation.Context != "again" {
			t.Errorf("%d streams, context %q", n, w.last(id).Header().Operation.Context)
		}
		w.must(conn.StartStreaming(bg, call.Context{Operation: "and again"}))
		synctest.Wait()
		started := connected + " MediaStreamingStarted MediaStreamingStarted MediaStreamingStarted"
		w.expect(id, started)
		if op := w.last(id).Header().Operation; op.Context != "and again" {
			t.Errorf("the third start is told with %+v", op)
		}
		if p, _ := conn.Properties(bg); !p.Streaming.Active || p.Streaming.ID != s.Subscription {
			t.Errorf("while it goes on: %+v", p.Streaming)
		}
		w.must(conn.StopStreaming(bg, call.Context{Operation: "enough", CallbackURI: "http://app.test/other"}))
		synctest.Wait()
		w.expect(id, started+" MediaStreamingStopped")
		if op := w.last(id).Header().Operation; op.Context != "enough" || op.CallbackURI != "http://app.test/other" || !s.Closed() {
			t.Errorf("after the stop: %+v, closed %v", op, s.Closed())
		}
		if err := conn.StopStreaming(bg, call.Context{}); !errors.Is(err, call.NotStreaming) {
			t.Errorf("a second stop: %v", err)
		}
		w.must(conn.StartStreaming(bg, call.Context{}))
		leg.HangUp()
		synctest.Wait()
		w.expect(id, started+" MediaStreamingStopped MediaStreamingStopped CallDisconnected")
	})
}

// TestStopWithoutContextHasTheStarts, as live tests of .NET were recorded; a later start
// without one has none.
func TestStopWithoutContextHasTheStarts(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.streaming(call.Streaming{})
		w.must(conn.StartStreaming(bg, call.Context{Operation: "start", CallbackURI: "http://app.test/other"}))
		w.opened().Tell(streaming.Opened{})
		w.must(conn.StartStreaming(bg, call.Context{}))
		synctest.Wait()
		if op := w.last(id).Header().Operation; op.Context != "" {
			t.Errorf("the second start is told with %+v", op)
		}
		w.must(conn.StopStreaming(bg, call.Context{}))
		synctest.Wait()
		stopped, ok := w.last(id).(call.MediaStreamingStopped)
		if op := w.last(id).Header().Operation; !ok || op.Context != "start" || op.CallbackURI != "http://app.test/other" {
			t.Errorf("the stop is told by %T with %+v", stopped, op)
		}
		leg.HangUp()
	})
}

func TestStreamNeedsToBeSetUp(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.answered()
		if err := conn.StartStreaming(bg, call.Context{}); !errors.Is(err, call.StreamingNotSetUp) {
			t.Errorf("got %v", err)
		}
		leg.HangUp()
	})
}

func TestStreamStartsWithTheCall(t *testing.T) {
	run(t, func(w *world) {
		leg, _, id := w.streaming(call.Streaming{AtOnce: true})
		w.opened().Tell(streaming.Opened{})
		synctest.Wait()
		w.expect(id, connected+" MediaStreamingStarted")
		leg.HangUp()
	})
}

func TestStreamThatFailsIsTold(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.streaming(call.Streaming{AtOnce: true})
		w.must(conn.StartStreaming(bg, call.Context{Operation: "again"}))
		w.opened().Tell(streaming.Failed{Err: errors.New("nobody is there")})
		synctest.Wait()
		w.expect(id, connected+" MediaStreamingFailed MediaStreamingFailed")
		if !w.opened().Closed() {
			t.Error("it was not closed")
		}
		w.must(conn.StartStreaming(bg, call.Context{}))
		if len(w.streams.Opened()) != 2 {
			t.Error("it cannot be started again")
		}
		leg.HangUp()
	})
}

// TestStreamDoesNotHearItsApplication: neither what it streams nor what it plays;
// the phone hears both.
func TestStreamDoesNotHearItsApplication(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, _ := w.streaming(call.Streaming{AtOnce: true, Bidirectional: true})
		s := w.opened()
		s.Speak(true)
		time.Sleep(time.Second)
		if leg.Heard() < 48 || s.Heard("") != 0 {
			t.Errorf("the phone heard %d frames of 50, the stream %d of itself", leg.Heard(), s.Heard(""))
		}
		s.Speak(false)
		w.must(conn.Play(bg, call.Play{Prompts: hello}))
		leg.Speak(true)
		time.Sleep(time.Second)
		if heard := s.Heard(""); heard < 48 || heard > 50 {
			t.Errorf("the stream heard %d frames of the phone's 50", heard)
		}
		leg.HangUp()
	})
}

// TestStreamHearsWhatIsPlayedToItsApplicationAlone: prompts of the other application,
// and its music on hold, but then nothing else.
func TestStreamHearsWhatIsPlayedToItsApplicationAlone(t *testing.T) {
	run(t, func(w *world) {
		with := control
		with.Streaming = &call.Streaming{URL: "wss://app.test/stream", Rate: 16000, AtOnce: true}
		who := identifier.NewUser(resource)
		caller, _ := w.create(who)
		_, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, with)
		w.must(err)
		synctest.Wait()
		s := w.opened()
		w.must(caller.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{who}}))
		time.Sleep(time.Second)
		if heard := s.Heard(""); heard < 45 {
			t.Errorf("the stream heard %d frames of a prompt for its application alone", heard)
		}
		w.must(caller.Hold(bg, call.Hold{Who: who, Music: hello[0]}))
		before := s.Heard("")
		time.Sleep(time.Second)
		if heard := s.Heard("") - before; heard < 45 {
			t.Errorf("the stream heard %d frames of the music", heard)
		}
		w.must(caller.Terminate(bg))
	})
}

// TestUnmixedStreamHasWhatParticipantsSay: not what is played to its application alone, which
// nobody says in the call; and while that one is on hold they are silent, as they are to it.
func TestUnmixedStreamHasWhatParticipantsSay(t *testing.T) {
	run(t, func(w *world) {
		with := control
		with.Streaming = &call.Streaming{URL: "wss://app.test/stream", Rate: 16000, Unmixed: true, AtOnce: true}
		who := identifier.NewUser(resource)
		caller, _ := w.create(who)
		_, err := w.Answer(bg, (<-w.announcer.Calls).Context, identifier.ID{}, with)
		w.must(err)
		synctest.Wait()
		s := w.opened()
		p, err := caller.Properties(bg)
		w.must(err)
		w.must(caller.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{who}}))
		time.Sleep(time.Second)
		if heard := s.Heard(p.Source.Raw()); heard != 0 {
			t.Errorf("the stream heard %d frames of a prompt for its application alone", heard)
		}
		w.must(caller.CancelAllMedia(bg))
		w.must(caller.Play(bg, call.Play{Prompts: hello}))
		time.Sleep(time.Second)
		if heard := s.Heard(p.Source.Raw()); heard < 45 {
			t.Errorf("the stream heard %d frames of a prompt to all", heard)
		}
		for _, step := range []struct {
			do   func() error
			deaf bool
		}{
			{func() error { return caller.Hold(bg, call.Hold{Who: who, Music: hello[0]}) }, true},
			{func() error { return caller.Unhold(bg, who) }, false},
		} {
			w.must(step.do())
			synctest.Wait()
			if s.Deaf() != step.deaf {
				t.Errorf("while the application is on hold (%t) its stream is deaf: %t", step.deaf, s.Deaf())
			}
		}
		w.must(caller.Terminate(bg))
	})
}

func TestUnmixedStreamHearsWhoComesLater(t *testing.T) {
	run(t, func(w *world) {
		_, conn, _ := w.streaming(call.Streaming{AtOnce: true, Unmixed: true})
		_, err := conn.Add(bg, call.Add{Who: phone("+15551230007"), CallerID: phone(ourPhone)})
		w.must(err)
		added := <-w.dialer.Dialled
		added.PickUp()
		synctest.Wait()
		s := w.opened()
		added.Speak(true)
		time.Sleep(time.Second)
		if s.Heard("4:+15551230007") < 48 || s.Heard("4:"+aPhone) != 0 {
			t.Errorf("heard of the added phone: %d; of the first: %d", s.Heard("4:+15551230007"), s.Heard("4:"+aPhone))
		}
		w.must(conn.Terminate(bg))
	})
}

func TestStreamIsToldOfKeys(t *testing.T) {
	run(t, func(w *world) {
		leg, _, _ := w.streaming(call.Streaming{AtOnce: true, Tones: true})
		leg.Press("12#")
		synctest.Wait()
		if got := w.opened().Tones(); got != "12#" {
			t.Errorf("it was told %q", got)
		}
		leg.HangUp()
	})
}

// TestSecondStartOfAStreamIsNotToldAfterTheEnd ends a call before its stream has opened, which was
// started twice; the phone takes its time to confirm that.
func TestSecondStartOfAStreamIsNotToldAfterTheEnd(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.streaming(call.Streaming{})
		leg.Slow = true
		w.must(conn.StartStreaming(bg, call.Context{Operation: "first"}))
		w.must(conn.StartStreaming(bg, call.Context{Operation: "again"}))
		w.must(conn.Terminate(bg))
		w.opened().Tell(streaming.Opened{})
		w.expect(id, connected+" MediaStreamingStopped CallDisconnected")
		leg.HangUp()
	})
}
