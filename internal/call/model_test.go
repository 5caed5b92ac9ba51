package call_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/speech"
	"pgregory.net/rapid"
)

// streamed is the control of an application that may start streams.
var streamed = func() call.Control {
	with := control
	with.Streaming = &call.Streaming{URL: "wss://app.test/sound", Rate: 16000, Unmixed: true, Bidirectional: true, Tones: true}
	with.Transcription = &call.Transcription{URL: "wss://app.test/text", Locale: "en-US"}
	return with
}()

// TestRandomCallsKeepTheRules plays random sequences of commands, answers, keys,
// hang-ups and waiting, and asks of whatever came out: each accepted operation
// has exactly one terminal event, CallDisconnected is the last event of every
// connection, nothing listens that has ended, and no call is left. A goroutine or
// timer that is left ends the bubble with a failure of its own.
func TestRandomCallsKeepTheRules(t *testing.T) {
	made := 0
	rapid.Check(t, func(r *rapid.T) {
		length := rapid.IntRange(1, 60).Draw(r, "length")
		steps := rapid.SliceOfN(rapid.IntRange(0, len(moves)-1), length, length).Draw(r, "moves")
		picks := rapid.SliceOfN(rapid.IntRange(0, 1000), len(steps), len(steps)).Draw(r, "picks")
		var problem string
		t.Run("", func(t *testing.T) {
			run(t, func(w *world) {
				w.recognizer = &calltest.Recognizer{Understood: [][]speech.Result{{{Text: "sales", Final: true}}}}
				g := newGame(w)
				g.heard = w.overhear()
				problem = g.play(steps, picks)
			})
		})
		if made += len(steps); problem != "" {
			r.Fatalf("%s", problem)
		}
	})
	t.Logf("%d moves", made)
}

// game is a world in which things happen at random.
type game struct {
	*world
	pick        int
	legs        []*calltest.Leg
	contexts    []string
	connections []string
	invitations []string
	calls       []string // by serverCallId
	heard       *overheard
}

func newGame(w *world) *game {
	w.devices[deskUser] = []string{"one", "another"}
	return &game{world: w}
}

// deskUser has two telephones.
var deskUser = identifier.User(resource, "desk")

// inbound is a phone that calls. What follows from its news it does itself, or another.
func (g *game) inbound() *calltest.Leg {
	leg := calltest.Inbound()
	leg.Direct = g.pick%3 == 0
	return leg
}

// play makes the moves, and ends.
func (g *game) play(steps, picks []int) string {
	for i, step := range steps {
		g.pick = picks[i]
		moves[step].make(g)
		g.collect()
	}
	return g.end()
}

// end ends everything and judges.
func (g *game) end() string {
	g.collect()
	left := g.quiet()
	for _, id := range g.connections {
		if conn, err := g.Connection(id); err == nil {
			conn.Terminate(bg)
		}
	}
	g.collect()
	for _, leg := range g.legs {
		leg.HangUp()
	}
	time.Sleep(3 * time.Minute) // whatever still rings gives up
	synctest.Wait()
	if left > 0 {
		return fmt.Sprintf("%d listeners are left where nothing goes on", left)
	}
	return g.judge()
}

// quiet ends all that listens in the calls that go on, and counts what listens still.
func (g *game) quiet() int {
	for _, id := range g.connections {
		if conn, err := g.Connection(id); err == nil {
			conn.CancelAllMedia(bg)
			conn.StopStreaming(bg, call.Context{})
			conn.StopTranscription(bg, call.Context{})
		}
	}
	synctest.Wait()
	return g.heard.count()
}

// collect takes what the world has produced.
func (g *game) collect() {
	synctest.Wait()
	g.take()
}

// take is collect for what has come until now.
func (g *game) take() {
	for {
		select {
		case leg := <-g.dialer.Dialled:
			leg.Direct = g.pick%2 == 0
			g.legs = append(g.legs, leg)
		case in := <-g.announcer.Calls:
			g.contexts = append(g.contexts, in.Context)
		default:
			return
		}
	}
}

// judge asks of all events what must hold.
func (g *game) judge() string {
	open, ends, last := map[string]bool{}, map[string]int{}, map[string]bool{}
	for _, e := range g.published.All() {
		head := e.Header()
		if head.Scope() == call.CallScope {
			continue
		}
		if last[head.Connection] {
			return fmt.Sprintf("%T came after CallDisconnected", e)
		}
		switch e := e.(type) {
		case call.ConnectionOpened:
			open[head.Connection] = true
			ends["origin "+head.Operation.ID] = 0
		case call.OperationAccepted:
			ends[head.Operation.ID] = 0
		case call.CallDisconnected:
			last[head.Connection] = true
			delete(open, head.Connection)
		case call.ConnectFailed:
			last[head.Connection] = true
			delete(open, head.Connection)
			ends["origin "+head.Operation.ID]++
		case call.CallConnected, call.CreateCallFailed, call.AnswerFailed:
			ends["origin "+head.Operation.ID]++
		case call.CancelAddParticipantSucceeded:
			ends[head.Operation.ID]++
			if e.Add.ID != "" {
				ends[e.Add.ID]++
			}
		case call.MediaStreamingStopped, call.MediaStreamingFailed, call.TranscriptionStopped, call.TranscriptionFailed:
			ends[head.Operation.ID] = 1 // each start that came meanwhile is told
		case call.ParticipantsUpdated, call.PlayStarted, call.ToneReceived,
			call.MediaStreamingStarted, call.TranscriptionStarted, call.TranscriptionUpdated,
			call.HoldFailed, call.HoldAudioStarted, call.HoldAudioPaused, call.HoldAudioResumed, call.HoldAudioCompleted:
		default:
			ends[head.Operation.ID]++
		}
	}
	for id, n := range ends {
		if n != 1 {
			return fmt.Sprintf("operation %s has %d terminal events", id, n)
		}
	}
	if len(open) > 0 {
		return fmt.Sprintf("%d connections never heard CallDisconnected", len(open))
	}
	if n := g.Active(); n != 0 {
		return fmt.Sprintf("%d calls are left", n)
	}
	return ""
}

// one picks an element at random, or the zero value of an empty list.
func one[T any](g *game, list []T) (chosen T) {
	if len(list) > 0 {
		chosen = list[g.pick%len(list)]
	}
	return chosen
}

// conn picks a connection that lives, or nil.
func (g *game) conn() *call.Connection {
	conn, _ := g.Connection(one(g, g.connections))
	return conn
}

// somebody picks a participant, or a stranger.
func (g *game) somebody(conn *call.Connection) identifier.ID {
	list, _ := conn.Participants(bg)
	if len(list) == 0 || g.pick%7 == 0 {
		return phone("+15559990000")
	}
	return list[g.pick%len(list)].ID
}
