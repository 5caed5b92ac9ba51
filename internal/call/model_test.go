package call_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/streaming"
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

// play makes the moves, ends everything and judges.
func (g *game) play(steps, picks []int) string {
	for i, step := range steps {
		g.pick = picks[i]
		moves[step].make(g)
		g.collect()
	}
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
	for {
		select {
		case leg := <-g.dialer.Dialled:
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

// on makes a move of a connection that lives.
func on(do func(*game, *call.Connection)) func(*game) {
	return func(g *game) {
		if conn := g.conn(); conn != nil {
			do(g, conn)
		}
	}
}

// ofLeg makes a move of a phone.
func ofLeg(do func(*calltest.Leg)) func(*game) {
	return func(g *game) {
		if leg := one(g, g.legs); leg != nil {
			do(leg)
		}
	}
}

// moves is what may happen. Errors are refusals, which are fine.
var moves = []struct {
	name string
	make func(*game)
}{
	{"a phone calls", func(g *game) {
		leg := calltest.Inbound()
		if report, err := g.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, leg); err == nil {
			leg.Told(report)
			g.legs = append(g.legs, leg)
		}
	}},
	{"a user's telephone calls", func(g *game) {
		leg := calltest.Inbound()
		to := []identifier.ID{phone(ourPhone), phone(bPhone), deskUser}
		in := call.Invitation{From: identifier.NewUser(resource), To: to[g.pick%3], CallerID: phone(ourPhone)}
		if report, err := g.Incoming(in, leg); err == nil {
			leg.Told(report)
			g.legs = append(g.legs, leg)
		}
	}},
	{"create", func(g *game) {
		targets := []identifier.ID{phone(aPhone), identifier.NewUser(resource), phone(ourPhone), phone(bPhone), deskUser}
		c := call.Create{Targets: targets[g.pick%5 : g.pick%5+1], CallerID: phone(ourPhone), Control: streamed}
		if g.pick%5 == 0 {
			c.Targets = targets
		}
		if p, err := g.Create(bg, c); err == nil {
			g.connections = append(g.connections, p.ID)
		}
	}},
	{"answer", func(g *game) {
		if p, err := g.Answer(bg, one(g, g.contexts), identifier.ID{}, streamed); err == nil {
			g.connections = append(g.connections, p.ID)
		}
	}},
	{"reject", func(g *game) { g.Reject(bg, one(g, g.contexts), call.Busy) }},
	{"redirect", func(g *game) {
		to := []identifier.ID{phone(ourPhone), phone(bPhone), identifier.NewUser(resource), deskUser}
		g.Redirect(bg, one(g, g.contexts), call.Redirect{Target: one(g, to)})
	}},
	{"pick up", ofLeg((*calltest.Leg).PickUp)},
	{"refuse", ofLeg(func(l *calltest.Leg) { l.Refuse(call.Busy, 486, "Busy Here") })},
	{"forward", func(g *game) {
		if leg := one(g, g.legs); leg != nil && leg.Invitation.To.Kind() == identifier.CommunicationUser {
			to := []identifier.ID{phone(bPhone), deskUser, phone(ourPhone)}
			leg.Forward(call.ForwardWanted{To: one(g, to), CallerID: phone(ourPhone)})
		}
	}},
	{"hang up", ofLeg((*calltest.Leg).HangUp)},
	{"vanish", ofLeg((*calltest.Leg).Vanish)},
	{"lose the sound", ofLeg((*calltest.Leg).LoseSound)},
	{"a phone calls and does not confirm", func(g *game) {
		leg := calltest.Inbound()
		leg.Silent = true
		if report, err := g.Incoming(call.Invitation{From: phone(bPhone), To: phone(ourPhone)}, leg); err == nil {
			leg.Told(report)
			g.legs = append(g.legs, leg)
		}
	}},
	{"press", ofLeg(func(l *calltest.Leg) { l.Press("12#") })},
	{"wait", func(g *game) { time.Sleep(time.Duration(g.pick) * 10 * time.Millisecond) }},
	{"wait long", func(*game) { time.Sleep(31 * time.Second) }},
	{"play", on(func(g *game, c *call.Connection) {
		play := call.Play{Prompts: hello, Loop: g.pick%3 == 0, Interrupt: g.pick%2 == 0}
		if g.pick%4 == 0 {
			play.To = []identifier.ID{g.somebody(c)}
		}
		c.Play(bg, play)
	})},
	{"recognize", on(func(g *game, c *call.Connection) {
		c.Recognize(bg, call.Recognize{Target: g.somebody(c), Prompts: hello, MaxTones: 2, InitialSilence: 5 * time.Second, InterTone: time.Second, Interrupt: g.pick%2 == 0})
	})},
	{"listen", on(func(g *game, c *call.Connection) {
		listen := call.Recognize{Target: g.somebody(c), Input: call.ChoicesInput + call.Input(g.pick%3), Choices: menu, InterruptPrompt: g.pick%2 == 0, InitialSilence: 5 * time.Second, EndSilence: 500 * ms, InterTone: time.Second, Interrupt: g.pick%3 == 0}
		if g.pick%5 > 1 {
			listen.Prompts = hello
		}
		c.Recognize(bg, listen)
	})},
	{"speak", ofLeg(speaks)},
	{"start a stream", on(func(_ *game, c *call.Connection) { c.StartStreaming(bg, call.Context{}) })},
	{"stop the stream", on(func(_ *game, c *call.Connection) { c.StopStreaming(bg, call.Context{}) })},
	{"start transcription", on(func(_ *game, c *call.Connection) { c.StartTranscription(bg, nil, "", call.Context{}) })},
	{"update transcription", on(func(_ *game, c *call.Connection) { c.UpdateTranscription(bg, "de-DE", "", call.Context{}) })},
	{"stop transcription", on(func(_ *game, c *call.Connection) { c.StopTranscription(bg, call.Context{}) })},
	{"the application's WebSocket", func(g *game) {
		var news streaming.Report = streaming.Opened{}
		if g.pick%3 == 0 {
			news = streaming.Failed{Err: errors.New("broken"), Interrupted: true}
		}
		if s := one(g, g.streams.Opened()); s != nil {
			s.Tell(news)
		}
		if s := one(g, g.transcripts.Opened()); s != nil {
			s.Tell(news)
		}
	}},
	{"a user joins", func(g *game) {
		leg := calltest.Inbound()
		who := []identifier.ID{ann, identifier.User(resource, "bob")}
		if report, err := g.Join(bg, call.Join{To: call.Locator{GroupCallID: groupID}, Who: one(g, who), DisplayName: "Ann"}, leg); err == nil {
			leg.Told(report)
			g.legs = append(g.legs, leg)
		}
	}},
	{"connect to the group", func(g *game) {
		if p, err := g.Connect(bg, call.Locator{GroupCallID: groupID}, streamed); err == nil {
			g.connections = append(g.connections, p.ID)
		}
	}},
	{"send tones", on(func(g *game, c *call.Connection) {
		c.SendTones(bg, call.SendTones{Tones: []call.Tone("42"), Target: g.somebody(c)})
	})},
	{"cancel media", on(func(_ *game, c *call.Connection) { c.CancelAllMedia(bg) })},
	{"add", on(func(g *game, c *call.Connection) {
		who := []identifier.ID{phone(bPhone), identifier.NewUser(resource), phone("+15551230009"), deskUser}
		if id, err := c.Add(bg, call.Add{Who: one(g, who), CallerID: phone(ourPhone)}); err == nil {
			g.invitations = append(g.invitations, id)
		}
	})},
	{"cancel add", on(func(g *game, c *call.Connection) { c.CancelAdd(bg, one(g, g.invitations), call.Context{}) })},
	{"remove", on(func(g *game, c *call.Connection) { c.Remove(bg, g.somebody(c), call.Context{}) })},
	{"mute", on(func(g *game, c *call.Connection) { c.Mute(bg, []identifier.ID{g.somebody(c)}) })},
	{"hold", on(func(g *game, c *call.Connection) {
		hold := call.Hold{Who: g.somebody(c)}
		if g.pick%2 == 0 {
			hold.Music = hello[0]
		}
		c.Hold(bg, hold)
	})},
	{"unhold", on(func(g *game, c *call.Connection) { c.Unhold(bg, g.somebody(c)) })},
	{"start tones", on(func(g *game, c *call.Connection) { c.StartTones(bg, g.somebody(c), call.Context{}) })},
	{"stop tones", on(func(g *game, c *call.Connection) { c.StopTones(bg, g.somebody(c), call.Context{}) })},
	{"transfer", on(func(g *game, c *call.Connection) {
		to := []identifier.ID{phone(bPhone), identifier.NewUser(resource), deskUser}
		c.Transfer(bg, call.Transfer{Target: one(g, to), CallerID: phone(ourPhone)})
	})},
	{"transfer out", on(func(g *game, c *call.Connection) {
		c.Transfer(bg, call.Transfer{Target: phone("+15551230008"), Transferee: g.somebody(c), CallerID: phone(ourPhone)})
	})},
	{"phones take refer", ofLeg(func(l *calltest.Leg) { l.TakesRefer() })},
	{"transfer by refer", on(func(g *game, c *call.Connection) {
		c.Transfer(bg, call.Transfer{Target: phone(bPhone), Transferee: g.somebody(c)})
	})},
	{"refer ends", func(g *game) {
		if leg := one(g, g.legs); leg != nil {
			leg.Decide([]call.ReferralOutcome{call.ReferralDeclined, call.ReferralFailed, call.ReferralAnswered}[g.pick%3])
		}
	}},
	{"hand over", func(g *game) {
		if leg := one(g, g.legs); leg != nil {
			to := []identifier.ID{phone(bPhone), identifier.NewUser(resource), phone(ourPhone)}
			leg.HandOver(call.TransferWanted{To: one(g, to)}, nil)
		}
	}},
	{"hand over to another leg", func(g *game) {
		if n := len(g.legs); n > 1 {
			g.legs[g.pick%n].HandOver(call.TransferWanted{}, g.legs[(g.pick/2)%n])
		}
	}},
	{"move", on(func(g *game, c *call.Connection) {
		for _, id := range g.connections {
			if other, err := g.Connection(id); err == nil && other != c {
				c.Move(bg, call.Move{Who: []identifier.ID{g.somebody(other)}, From: id})
			}
		}
	})},
	{"connect", on(func(g *game, c *call.Connection) {
		if p, err := c.Properties(bg); err == nil {
			if p, err = g.Connect(bg, call.Locator{ServerCallID: p.ServerCallID}, streamed); err == nil {
				g.connections = append(g.connections, p.ID)
				g.calls = append(g.calls, p.ServerCallID)
			}
		}
	})},
	{"connect, perhaps too late", func(g *game) { g.Connect(bg, call.Locator{ServerCallID: one(g, g.calls)}, streamed) }},
	{"leave", on(func(_ *game, c *call.Connection) { c.HangUp(bg) })},
	{"terminate", on(func(g *game, c *call.Connection) {
		if g.pick%4 == 0 {
			c.Terminate(bg)
		}
	})},
}

// TestEveryMoveIsNamedOnce keeps the list readable when it fails.
func TestEveryMoveIsNamedOnce(t *testing.T) {
	var names []string
	for _, m := range moves {
		if slices.Contains(names, m.name) {
			t.Errorf("%q stands twice", m.name)
		}
		names = append(names, m.name)
	}
}
