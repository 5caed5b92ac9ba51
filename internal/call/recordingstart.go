package call

import (
	"context"
	"maps"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

// StartRecording records a call. One recording of a call goes on at a time.
func (r *Registry) StartRecording(ctx context.Context, rec Record) (state RecordingState, err error) {
	c, platform, err := r.toRecord(rec)
	if err != nil {
		return state, err
	}
	options := rec.Options
	err = c.do(ctx, func() error {
		options.Pinned = c.pinned(rec.Pinned)
		return c.reserveRecording()
	})
	if err != nil {
		return state, err
	}
	options.ID, options.CallID, options.ServerCallID = recording.NewID(platform), c.correlationID, c.id
	options.Paused = options.Paused || r.cfg.AnnounceRecordings
	var made Recording
	err = c.contain("start a recording", func() (err error) {
		made, err = r.cfg.Recordings.Create(ctx, options)
		return err
	})
	if err != nil {
		c.post(func() { c.recording = nil })
		return state, err
	}
	began := &callRecording{Recording: made, id: options.ID, paused: rec.Options.Paused, leave: make(map[*endpoint]func())}
	began.notice.heard = !r.cfg.AnnounceRecordings
	began.head = Head{
		Connection: platform, ServerCallID: c.id, CorrelationID: c.correlationID,
		Control:   Control{CallbackURI: rec.CallbackURI, Version: rec.Version, Barrier: rec.Barrier},
		Operation: Operation{ID: newID(), Kind: RecordingOperation, Recording: options.ID, Began: made.Began()},
	}
	err = c.do(context.WithoutCancel(ctx), func() error { return c.beginRecording(began) })
	if err != nil {
		made.Discard()
		return state, err
	}
	return RecordingState{options.ID, !options.Paused, c.correlationID}, nil
}

// toRecord finds the call that is to be recorded, and the connection that its
// recordingId names: a new one, where it was not found by one.
func (r *Registry) toRecord(rec Record) (*Call, string, error) {
	if rec.Connection != "" {
		conn, err := r.Connection(rec.Connection)
		if err != nil {
			return nil, "", err
		}
		return conn.call, conn.id, nil
	}
	c, err := r.Find(rec.Of)
	return c, r.newConnectionID(), err
}

// pinned are the channels of participants, by their ids in the call: a number may be written
// in another form.
func (c *Call) pinned(channels map[int]identifier.ID) map[int]string {
	raw := make(map[int]string, len(channels))
	for channel, who := range channels {
		if p, err := c.named(who); err == nil {
			who = p.id
		} else {
			who = c.registry.normal(who) // who comes later
		}
		raw[channel] = who.Raw()
	}
	return raw
}

// reserveRecording keeps the place of the call's only recording while its file is
// being made.
func (c *Call) reserveRecording() error {
	switch {
	case c.ended:
		return errCallOver()
	case len(c.listed()) == 0:
		return NotConnected.because("The call is not established yet.")
	case c.recording != nil && c.recording.Recording == nil:
		return RecordingConflict.because("A recording of the call is being started.")
	case c.recording != nil:
		return RecordingGoesOn.because("The call is being recorded already: stop that recording first.")
	}
	c.recording = &callRecording{}
	return nil
}

// beginRecording lets a recording hear the call.
func (c *Call) beginRecording(rec *callRecording) error {
	if c.ended {
		return errCallOver()
	}
	c.recording = rec
	c.registry.rememberRecording(rec.id, recorded{c, rec.head.Control.Barrier})
	rec.Begin(func(cause error, begun bool) {
		c.post(func() { c.recordingFailed(rec, cause, begun) })
	})
	rec.leave[nil] = c.sound().Hear(rec.Mix(), Hearing{Private: true, Asides: c.registry.cfg.RecordHoldMusic, Voiceless: !rec.Mixed()})
	for _, e := range c.endpoints {
		rec.hear(e)
	}
	rec.attend(c)
	if c.speakers != nil {
		rec.speak(c.speakers.dominant)
	}
	c.log.Info("recording begins", "recording", recording.GUID(rec.id), "recordingId", rec.id, "mixed", rec.Mixed(), "paused", rec.paused)
	rec.tell(c, func(h Head) Event { return OperationAccepted{h} })
	if !rec.paused && !rec.notice.heard {
		c.hear(rec) // which tells that it is active, once it is
		return nil
	}
	rec.tellState(c)
	c.tellSeats()
	return nil
}

// hear lets a recording hear an endpoint that is in the call.
func (rec *callRecording) hear(e *endpoint) {
	if rec == nil || rec.Recording == nil || e.member == nil || !e.listed() && e.app == nil {
		return
	}
	maps.DeleteFunc(rec.leave, func(other *endpoint, _ func()) bool { return other != nil && other.member == nil })
	if rec.leave[e] != nil {
		return
	}
	rec.leave[e] = func() {}
	arrived := recording.Arrival{Who: e.id.Raw(), Application: e.app != nil, Listed: e.listed()}
	if e.port != nil {
		arrived.Dated = e.port
	}
	if l := rec.Participant(arrived); l != nil {
		rec.leave[e] = e.member.Hear(l)
	}
}
