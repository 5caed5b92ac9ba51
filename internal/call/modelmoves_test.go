package call_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/streaming"
)

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
		leg := g.inbound()
		var in call.Leg = leg
		if g.pick%2 == 0 {
			in = &calltest.AnswersHere{Leg: leg}
		}
		if report, err := g.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, in); err == nil {
			leg.Told(report)
			g.legs = append(g.legs, leg)
		}
	}},
	{"a user's telephone calls", func(g *game) {
		leg := g.inbound()
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
		leg := g.inbound()
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
		leg := g.inbound()
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
