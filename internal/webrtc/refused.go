package webrtc

import (
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Refused is a call that a client wanted to begin or to join, and that was refused.
type Refused struct {
	Who         identifier.ID
	To          string // the first whom it wanted to call, as the client wrote it
	Room, Group string // that it wanted to join
	Why         string
}

// shown lets who looks into calls see a refusal, before the client has it.
func (c *client) shown(what Refused, answer func(protocol.Message)) func(protocol.Message) {
	if c.server.cfg.Refused == nil {
		return answer
	}
	return func(m protocol.Message) {
		if refused, is := m.(*protocol.Refusal); is {
			what.Who, what.Why = c.user, refused.Message
			c.server.cfg.Refused(what)
		}
		answer(m)
	}
}
