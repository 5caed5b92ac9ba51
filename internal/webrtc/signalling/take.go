package signalling

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// take reads a message of the client. It returns false where the socket is to be read
// no more.
func (s *Session) take(ctx context.Context, socket *socket, text []byte) bool {
	head, m, err := protocol.Decode(text)
	if errors.Is(err, protocol.ErrMalformed) {
		s.breach("the frame is no message")
		return false
	}
	if _, offer := m.(*protocol.MediaOffer); !offer && len(text) > maxFrame {
		s.breach("the frame is too long")
		return false
	}
	if head.Ack > 0 {
		s.acknowledged(head.Ack)
	}
	now := time.Now()
	if !s.rate.Allow(now) {
		socket.abandon(protocol.CloseTooMany, "too many requests")
		return false
	}
	switch m := m.(type) {
	case *protocol.Ack:
		return true
	case *protocol.Bye:
		s.end(protocol.CloseNoSession, "goodbye", true)
		return false
	default:
		if head.ID == "" {
			s.breach("a request has no id")
			return false
		}
		return s.request(ctx, socket, head.ID, m, err, now)
	}
}

// acknowledged forgets the events that the client has.
func (s *Session) acknowledged(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replay.acknowledge(min(seq, s.replay.last))
	s.count()
}

// breach ends the session of a client that does not speak the protocol.
func (s *Session) breach(what string) { s.end(protocol.CloseMalformed, what, true) }

// request carries out a request, unless it has been before. Where it panics, it alone has failed: no
// lock is held any more then.
func (s *Session) request(ctx context.Context, socket *socket, id string, m protocol.Message, bad error, now time.Time) bool {
	g, ok := s.begin(socket, id, now)
	switch {
	case !ok:
		socket.abandon(protocol.CloseTooMany, "too many requests without an answer")
		return false
	case g == nil:
		return true
	}
	answer := func(a protocol.Message) { s.answer(g, a) }
	if panics.Contain(s.server.cfg.Log, panics.Request, func() { s.carryOut(ctx, m, bad, answer) }, "user", s.user) != nil {
		answer(&protocol.Refusal{Reason: protocol.ReasonInternal, Code: 500, Message: "an error of the server"})
	}
	return true
}

// begin notes a request. It returns nil where the request has come before, whose answer is sent
// again or follows, and false where too many wait for theirs.
func (s *Session) begin(socket *socket, id string, now time.Time) (*given, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before := s.answers.find(id); before != nil {
		if before.frame != nil {
			s.write(socket, before.frame)
		}
		return nil, true
	}
	defer s.count()
	return s.answers.begin(id, now)
}

// carryOut does what a request wants, one after the other.
func (s *Session) carryOut(ctx context.Context, m protocol.Message, bad error, answer func(protocol.Message)) {
	s.taking.Lock()
	defer s.taking.Unlock()
	switch m := m.(type) {
	case nil:
		answer(refusalOf(bad))
	case *protocol.Hello:
		answer(&protocol.Refusal{Reason: protocol.ReasonState, Code: 400, Message: "the session has begun"})
	case *protocol.Token:
		answer(s.renew(ctx, m.Token))
	case *protocol.Ice:
		answer(&protocol.IceServers{IceServers: s.iceServers()})
	default:
		s.client.Take(m, answer)
	}
}

// refusalOf tells what is wrong with a message.
func refusalOf(bad error) protocol.Message {
	reason := protocol.ReasonMalformed
	if errors.Is(bad, protocol.ErrUnknownType) {
		reason = protocol.ReasonUnknownType
	}
	return &protocol.Refusal{Reason: reason, Code: 400, Message: bad.Error()}
}

// answer sends the answer to a request, and keeps it for when it comes again.
func (s *Session) answer(g *given, m protocol.Message) {
	frame, err := protocol.Encode(protocol.Head{Re: g.id}, m)
	if err != nil {
		s.server.cfg.Log.Error("answer cannot be written", "type", m.Type(), "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || g.frame != nil {
		return
	}
	s.answers.finish(g, frame, time.Now(), s.server.kept.share())
	s.count()
	switch {
	case s.socket == nil: // the client asks again
	case s.restored:
		s.late = append(s.late, frame)
	default:
		s.write(s.socket, frame)
	}
}
