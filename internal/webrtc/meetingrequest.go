package webrtc

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// place is where a request about a meeting comes from.
type place struct {
	*leg
	seat call.Seat
	user string // raw id
}

// takeForMeeting takes the requests that are for the other clients of a call.
func (c *client) takeForMeeting(m protocol.Message, answer func(protocol.Message)) {
	meet := func(call string, do func(*meeting, place) protocol.Message) {
		c.with(call, answer, func(l *leg) { l.meet(answer, do) })
	}
	takePart := func(call string, do func(*meeting, place) protocol.Message) {
		meet(call, func(in *meeting, p place) protocol.Message {
			if !p.seat.Role.MaySpeak() {
				return refusal(protocol.ReasonForbidden, 403, 0, "a Consumer only sees and hears")
			}
			return do(in, p)
		})
	}
	switch m := m.(type) {
	case *protocol.HandRaise:
		takePart(m.Call, func(in *meeting, p place) protocol.Message { return p.raiseHand(in) })
	case *protocol.HandLower: // of its own also by a Consumer: it may have spoken before
		meet(m.Call, func(in *meeting, p place) protocol.Message { return p.lowerHands(in, m) })
	case *protocol.SpotlightSet: // so may a Consumer leave it
		meet(m.Call, func(in *meeting, p place) protocol.Message { return p.changeSpotlight(in, m, time.Now()) })
	case *protocol.ReactionSend:
		takePart(m.Call, func(in *meeting, p place) protocol.Message { return p.react(in, m, time.Now()) })
	case *protocol.TextSend:
		takePart(m.Call, func(in *meeting, p place) protocol.Message { return p.write(in, m, time.Now()) })
	case *protocol.DataSend:
		takePart(m.Call, func(in *meeting, p place) protocol.Message { return p.sendData(in, m, time.Now()) })
	default:
		answer(refusal(protocol.ReasonUnknownType, 400, 0, "this server does not know that request"))
	}
}

// meet lets a request do something in the meeting of the leg's call, and answers. The
// request runs under the meeting's lock; it returns nil, or why it is refused.
func (l *leg) meet(answer func(protocol.Message), do func(*meeting, place) protocol.Message) {
	l.mu.Lock()
	m, seat := l.meeting, l.seat
	l.mu.Unlock()
	if m == nil || seat == nil {
		answer(refusal(protocol.ReasonState, 412, 0, "the call is not connected"))
		return
	}
	refused := m.locked(func() protocol.Message { return do(m, place{l, *seat, l.client.user.Raw()}) })
	if refused == nil {
		refused = &protocol.OK{}
	}
	answer(refused)
}

// locked does something under the meeting's lock, which is free again also where that panics.
func (m *meeting) locked(do func() protocol.Message) protocol.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return do()
}

// mayManage refuses those who may not decide about others.
func (p place) mayManage() protocol.Message {
	if p.seat.Role.MayManage() {
		return nil
	}
	return refusal(protocol.ReasonForbidden, 403, 0, "the role does not permit this for others")
}

func (p place) raiseHand(m *meeting) protocol.Message {
	if !slices.Contains(m.hands, p.user) {
		m.setHands(append(slices.Clone(m.hands), p.user))
	}
	return nil
}

func (p place) lowerHands(m *meeting, asked *protocol.HandLower) protocol.Message {
	who := asked.Who
	switch {
	case asked.All != nil && *asked.All:
		who = m.hands
	case who == nil:
		who = []string{p.user}
	}
	if !slices.Equal(who, []string{p.user}) {
		if refused := p.mayManage(); refused != nil {
			return refused
		}
	}
	m.setHands(slices.DeleteFunc(slices.Clone(m.hands), func(id string) bool { return slices.Contains(who, id) }))
	return nil
}

func (p place) changeSpotlight(m *meeting, asked *protocol.SpotlightSet, now time.Time) protocol.Message {
	leaves := len(asked.Add) == 0 && asked.Clear == nil && slices.Equal(asked.Remove, []string{p.user})
	if refused := p.mayManage(); refused != nil && !leaves {
		return refused
	}
	people := slices.Clone(m.spotlight)
	if asked.Clear != nil && *asked.Clear {
		people = nil
	}
	people = slices.DeleteFunc(people, func(id string) bool { return slices.Contains(asked.Remove, id) })
	for _, id := range asked.Add {
		if !m.has(id) {
			return refusal(protocol.ReasonNotFound, 404, 0, "somebody who is named has no client in the call")
		}
		if !slices.Contains(people, id) {
			people = append(people, id)
		}
	}
	if len(people) > spotlights {
		// By this text Microsoft's UI library knows why, and says so to the user.
		return refusal(protocol.ReasonBusy, 400, 0, "startSpotlight failed. 7 is the max number of participants that can be Spotlighted")
	}
	if !m.spend(p.user, now, 0) { // all are told of each change
		return tooMuchData()
	}
	m.setSpotlight(people)
	return nil
}

// reactions are those that the protocol has.
var reactions = []protocol.Reaction{
	protocol.ReactionLike, protocol.ReactionHeart, protocol.ReactionLaugh, protocol.ReactionSurprised, protocol.ReactionApplause,
}

// Bounds of reactions, each of which all clients of a call are shown.
const (
	reactionBytes = 16 << 10 // it counts as so many of data: 16 at once and 4 a second, of one user
	reactionsTold = 10_000   // a second, to all clients of a call together
	reactionsMost = 50       // a second, of all clients of a call
)

func (p place) react(m *meeting, asked *protocol.ReactionSend, now time.Time) protocol.Message {
	switch {
	case p.seat.Kind == call.TwoParty:
		return refusal(protocol.ReasonUnsupported, 400, 0, "a call of two has no reactions")
	case !slices.Contains(reactions, asked.Reaction):
		return refusal(protocol.ReasonMalformed, 400, 0, "reaction is one of like, heart, laugh, surprised and applause")
	case !m.spend(p.user, now, reactionBytes), !m.reactions.Allow(now, min(reactionsMost, reactionsTold/max(1, len(m.legs)))):
		return refusal(protocol.ReasonBusy, 429, 0, "too many reactions are sent")
	}
	for l := range m.legs { // the sender sees its own
		l.client.session.Send(&protocol.Reacted{Call: l.id, Who: p.user, Reaction: asked.Reaction})
	}
	return nil
}

// longestText bounds a text that is being typed, in characters.
const longestText = 2000

// write shows a text to the other clients. It is of the budget of data, under the meeting's
// lock: each of many clients gets it.
func (p place) write(m *meeting, asked *protocol.TextSend, now time.Time) protocol.Message {
	switch {
	case utf8.RuneCountInString(asked.Text) > longestText:
		return refusal(protocol.ReasonMalformed, 400, 0, "a text has 2,000 characters at most")
	case !m.spend(p.user, now, len(asked.Text)):
		return tooMuchData()
	}
	name := p.client.session.DisplayName()
	m.others(p.leg, nil, func(l *leg) protocol.Message {
		return &protocol.Text{Call: l.id, Who: p.user, DisplayName: name, N: asked.N, Text: asked.Text, Final: asked.Final}
	})
	return nil
}
