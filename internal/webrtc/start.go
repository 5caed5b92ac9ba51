package webrtc

import (
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// start calls somebody.
func (c *client) start(m *protocol.CallStart, answer func(protocol.Message)) {
	to := ""
	if len(m.To) > 0 {
		to = m.To[0]
	}
	answer = c.shown(Refused{To: to}, answer)
	if !c.session.MayBegin() {
		answer(refusal(protocol.ReasonForbidden, 403, 0, onlyJoins))
		return
	}
	begin := call.Begin{From: c.user, DisplayName: c.session.DisplayName(), IssuedBy: c.session.IssuedBy()}
	for _, raw := range m.To[:min(len(m.To), call.MaxTargets+1)] {
		to, err := identifier.Parse(raw)
		if err != nil {
			answer(refusal(protocol.ReasonMalformed, 400, 0, err.Error()))
			return
		}
		begin.Targets = append(begin.Targets, to)
	}
	var err error
	if begin.CallerID, err = number(m.AlternateCallerID); err == nil {
		begin.SIPHeaders, begin.VoIPHeaders, err = c.headers(m.CustomContext)
	}
	if err != nil {
		answer(failed(err))
		return
	}
	l, ok := c.begin(m.Call, answer)
	if !ok {
		return
	}
	l.callerID = begin.CallerID
	l.begun(m.Muted, answer, func() (func(call.Report), error) { return c.server.cfg.Calls.Begin(begin, l) })
}

// number reads a phone number; "" is the zero ID.
func number(text string) (identifier.ID, error) {
	if text == "" {
		return identifier.ID{}, nil
	}
	return identifier.Phone(text)
}

// Calls that a client begins or joins: so many in so long. Each is a record.
const (
	begunAtOnce = 30
	begunIn     = 10 * time.Second
)

// begin makes the leg of a call that the client begins or joins. It answers by itself
// where that fails, or has been done before.
func (c *client) begin(id string, answer func(protocol.Message)) (*leg, bool) {
	if _, err := uuid.Parse(id); err != nil {
		answer(refusal(protocol.ReasonMalformed, 400, 0, "call is no GUID"))
		return nil, false
	}
	c.mu.Lock()
	may := c.legs[id] != nil || c.begun.Allow(time.Now(), begunAtOnce)
	c.mu.Unlock()
	if !may {
		answer(refusal(protocol.ReasonBusy, 429, 0, "a client begins and joins 30 calls in 10 seconds at most"))
		return nil, false
	}
	l := c.newLeg(id, waiting)
	before, err := c.enter(l)
	switch {
	case err != nil:
		answer(failed(err))
	case before != nil:
		answer(&protocol.OK{})
	default:
		return l, true
	}
	l.peer.Close()
	l.peer.Port().Close()
	return nil, false
}

// begun lets a call begin. Where it does not, the leg leaves no trace.
func (l *leg) begun(muted *bool, answer func(protocol.Message), begin func() (func(call.Report), error)) {
	report, err := begin()
	if err != nil {
		l.discard()
		answer(failed(err))
		return
	}
	l.mu.Lock()
	if l.state == "" && l.phase != over {
		l.show(protocol.CallStateConnecting)
	}
	l.mu.Unlock()
	l.startSetup()
	answer(&protocol.OK{})
	l.tell.to(report)
	if muted != nil && *muted {
		l.muteFirst()
	}
}

// discard ends a leg that no call has taken.
func (l *leg) discard() {
	l.mu.Lock()
	l.phase = over
	l.mu.Unlock()
	l.client.drop(l, call.Seat{})
	l.peer.Close()
	l.peer.Port().Close()
}
