package webrtc

import (
	"log/slog"
	"sync"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/signalling"
)

// client is a page: a session and its calls.
type client struct {
	server  *Server
	session *signalling.Session
	user    identifier.ID
	device  string
	log     *slog.Logger

	mu   sync.Mutex // held around memory
	gone bool
	legs map[string]*leg  // by the client's id of the call
	over []rated          // calls that have ended, for surveys
	said ratelimit.Window // surveys

	begun ratelimit.Window // calls
}

func newClient(s *Server, session *signalling.Session) *client {
	user, err := identifier.Parse(session.User())
	if err != nil { // tokens name users alone
		panic("webrtc: session of " + session.User() + ": " + err.Error())
	}
	return &client{
		server: s, session: session, user: user, device: devicePrefix + identifier.NewGUID(),
		log: s.log.With("user", user), legs: make(map[string]*leg), said: ratelimit.NewWindow(surveysIn), begun: ratelimit.NewWindow(begunIn),
	}
}

// Take implements signalling.Client.
func (c *client) Take(m protocol.Message, answer func(protocol.Message)) {
	switch m := m.(type) {
	case *protocol.CallStart:
		c.start(m, answer)
	case *protocol.CallJoin:
		c.join(m, answer)
	case *protocol.CallAccept:
		c.with(m.Call, answer, func(l *leg) { l.accept(m, answer) })
	case *protocol.CallReject:
		c.with(m.Call, answer, func(l *leg) { l.reject(answer) })
	case *protocol.CallHangup:
		c.with(m.Call, answer, func(l *leg) { l.hangUp(m, answer) })
	case *protocol.CallHold:
		c.with(m.Call, answer, func(l *leg) { l.hold(true, answer) })
	case *protocol.CallResume:
		c.with(m.Call, answer, func(l *leg) { l.hold(false, answer) })
	case *protocol.CallTone:
		c.with(m.Call, answer, func(l *leg) { l.press(m.Tone, answer) })
	case *protocol.CallTransfer:
		c.with(m.Call, answer, func(l *leg) { l.transfer(m, answer) })
	case *protocol.ParticipantAdd:
		c.with(m.Call, answer, func(l *leg) { l.add(m, answer) })
	case *protocol.ParticipantRemove:
		c.with(m.Call, answer, func(l *leg) {
			l.about(m.Who, answer, func(who identifier.ID) call.Wish { return call.RemoveWish{Who: who} })
		})
	case *protocol.ParticipantMute:
		c.with(m.Call, answer, func(l *leg) {
			l.about(m.Who, answer, func(who identifier.ID) call.Wish { return call.MuteWish{Who: who} })
		})
	case *protocol.ParticipantMuteAll:
		c.with(m.Call, answer, func(l *leg) { l.wish(call.MuteWish{}, answer) })
	case *protocol.MediaOffer:
		c.with(m.Call, answer, func(l *leg) { l.offer(m, answer) })
	case *protocol.MediaState:
		c.with(m.Call, answer, func(l *leg) { l.mediaState(m, answer) })
	case *protocol.MediaWant:
		c.with(m.Call, answer, func(l *leg) { l.want(m, answer) })
	case *protocol.MediaReport:
		c.with(m.Call, answer, func(l *leg) { l.mediaReport(m, answer) })
	case *protocol.CaptionsSet:
		c.with(m.Call, answer, func(l *leg) { l.setCaptions(m, answer) })
	case *protocol.Survey:
		c.rate(m, answer)
	case *protocol.Ping:
		answer(&protocol.OK{})
	default:
		c.takeForMeeting(m, answer)
	}
}

// with does something with a call of the client.
func (c *client) with(id string, answer func(protocol.Message), do func(*leg)) {
	c.mu.Lock()
	l := c.legs[id]
	c.mu.Unlock()
	if l == nil {
		answer(refusal(protocol.ReasonNoSuchCall, 404, 0, "the client has no such call"))
		return
	}
	do(l)
}

// enter makes a leg one of the client's, under an id. It returns the one that has the id
// already.
func (c *client) enter(l *leg) (before *leg, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.gone:
		return nil, fault.NotFound("the client of %s has left", c.user)
	case c.legs[l.id] != nil:
		return c.legs[l.id], nil
	case len(c.legs) >= signalling.MaxCalls:
		return nil, fault.Busy(0, "a client has %d calls at most", signalling.MaxCalls)
	}
	c.legs[l.id] = l
	return nil, nil
}

// drop takes a leg out that has ended; sat is where it sat last.
func (c *client) drop(l *leg, sat call.Seat) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.legs[l.id] == l {
		delete(c.legs, l.id)
		if sat.ServerCallID != "" {
			c.ended(rated{l.id, sat.ServerCallID, sat.ParticipantID})
		}
	}
}

func (c *client) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.legs)
}

func (c *client) all() (list []*leg) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.legs {
		list = append(list, l)
	}
	return list
}

// Snapshot implements signalling.Client.
func (c *client) Snapshot() protocol.Snapshot {
	s := protocol.Snapshot{Incoming: []protocol.IncomingCall{}, Calls: []protocol.CallSnapshot{}}
	for _, l := range c.all() {
		if incoming := l.ringing(); incoming != nil {
			s.Incoming = append(s.Incoming, *incoming)
		} else if snapshot := l.snapshot(); snapshot != nil {
			s.Calls = append(s.Calls, *snapshot)
		}
	}
	return s
}

// Left implements signalling.Client.
func (c *client) Left(abrupt bool) {
	c.server.forget(c)
	c.mu.Lock()
	c.gone = true
	c.mu.Unlock()
	for _, l := range c.all() {
		l.desert(abrupt)
	}
}
