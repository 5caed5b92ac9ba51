package call

import (
	"context"
	"maps"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/recording"
)

// Recordings makes recordings.
type Recordings interface {
	// Create makes one whose first file is on disk when it returns.
	Create(context.Context, recording.Options) (Recording, error)
}

// Recording is a call on its way to the disk. Its methods do not block, except
// Discard.
type Recording interface {
	Began() time.Time
	Mixed() bool
	// Begin lets it hear. Failed tells, once, that nothing more can be written, and
	// whether anything was.
	Begin(failed func(cause error, begun bool))
	Discard() // instead of Begin
	// Mix is the first listener of the mix: of everything if it is Mixed, else of
	// what private sources say.
	Mix() audio.Listener
	// Participant is the listener of an endpoint; nil: it needs none. Who is not
	// listed is a participant once they speak.
	Participant(who recording.Comer) audio.Listener
	// Pictured reports whether it shows who is in the call. Attend tells of that, and Speak
	// of who speaks, who speaks most first, whenever it changes.
	Pictured() bool
	Attend([]recording.Attendee)
	Speak(raw []string)
	Pause()
	Resume()
	// Stop says why it ends: its listeners leave the mix afterwards. The channel is
	// closed once that is on disk.
	Stop(recording.EndReason) (kept <-chan struct{})
}

// Record is a recording that an application asks for.
type Record struct {
	Of         Locator // of the call, unless Connection is given
	Connection string  // callConnectionId
	Options    recording.Options
	Pinned     map[int]identifier.ID // whom a channel belongs to, of an unmixed recording

	CallbackURI string // recordingStateCallbackUri; "": nobody is told
	Version     string // api-version
}

// RecordingState is a recording as applications see it.
type RecordingState struct {
	ID            string
	Active        bool
	CorrelationID string
}

// callRecording is the recording of a call. It belongs to the call, whatever
// connections come and go:
//
//	(none) ──start──▶ opening ──on disk──▶ announcing ──heard──▶ recording ◀──pause, resume──▶ paused
//	   ▲                 │ failed              │          stop, end of the call, failure          │
//	   └─────────────────┴─────────────────────┴──────────────────────┴───────────────────────────┘
//
// It is announced, where that is configured, before it hears for the first time.
// It is an operation; RecordingStateChanged or StartRecordingFailed ends it.
type callRecording struct {
	Recording // nil while it is being opened
	id        string
	head      Head // of its events
	paused    bool
	notice    announcement
	pauses    int
	leave     map[*endpoint]func() // takes its listeners out: nil's the whole mix's
}

// maxPauses bounds how often a recording can be paused: its metadata lists them.
const maxPauses = 1000

// StartRecording records a call. One recording of a call goes on at a time.
func (r *Registry) StartRecording(ctx context.Context, rec Record) (state RecordingState, err error) {
	c, platform, err := r.toRecord(rec)
	if err != nil {
		return state, err
	}
	if err := c.do(ctx, c.reserveRecording); err != nil {
		return state, err
	}
	options := rec.Options
	options.ID, options.CallID, options.ServerCallID = recording.NewID(platform), c.correlationID, c.id
	options.Pinned = make(map[int]string, len(rec.Pinned))
	for channel, who := range rec.Pinned {
		options.Pinned[channel] = who.Raw()
	}
	options.Paused = options.Paused || r.cfg.AnnounceRecordings
	made, err := r.cfg.Recordings.Create(ctx, options)
	if err != nil {
		c.post(func() { c.recording = nil })
		return state, err
	}
	began := &callRecording{Recording: made, id: options.ID, paused: rec.Options.Paused, leave: make(map[*endpoint]func())}
	began.notice.heard = !r.cfg.AnnounceRecordings
	began.head = Head{
		Connection: platform, ServerCallID: c.id, CorrelationID: c.correlationID,
		Control:   Control{CallbackURI: rec.CallbackURI, Version: rec.Version},
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
	c.registry.rememberRecording(rec.id, c)
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
	comer := recording.Comer{Who: e.id.Raw(), Application: e.app != nil, Listed: e.listed()}
	if e.port != nil {
		comer.Dated = e.port
	}
	if l := rec.Participant(comer); l != nil {
		rec.leave[e] = e.member.Hear(l)
	}
}

// tell publishes an event of a recording, if anybody wants to be told.
func (rec *callRecording) tell(c *Call, event func(Head) Event) {
	if rec.head.Control.CallbackURI == "" {
		return
	}
	head := rec.head
	head.At = time.Now()
	c.publish(event(head))
}

func (rec *callRecording) tellState(c *Call) {
	rec.tell(c, func(h Head) Event { return RecordingStateChanged{Head: h, Active: rec.active(), GoesOn: true} })
}

// endRecording ends the call's recording, if there is one. cause is why it ended by
// itself.
func (c *Call) endRecording(why recording.EndReason, cause error) (kept <-chan struct{}) {
	rec, kept := c.takeRecording(why)
	if rec != nil {
		rec.tell(c, func(h Head) Event { return RecordingStateChanged{Head: h, Cause: cause} })
	}
	return kept
}

// takeRecording takes the recording out of the call. The channel is closed once it is on
// disk why.
func (c *Call) takeRecording(why recording.EndReason) (rec *callRecording, kept <-chan struct{}) {
	rec, c.recording = c.recording, nil
	if rec == nil || rec.Recording == nil {
		return nil, nil
	}
	c.registry.forgetRecording(rec.id)
	if rec.notice.cancel != nil {
		rec.notice.cancel()
	}
	kept = rec.Stop(why)
	for _, leave := range rec.leave {
		leave()
	}
	c.log.Info("recording ends", "recording", recording.GUID(rec.id), "why", why)
	c.tellSeats()
	return rec, kept
}

// recordingFailed ends a recording that can write nothing more. The call goes on.
func (c *Call) recordingFailed(rec *callRecording, cause error, begun bool) {
	switch {
	case c.recording != rec:
	case begun:
		c.endRecording(recording.StorageFailed, cause)
	default:
		c.takeRecording(recording.StorageFailed)
		rec.tell(c, func(h Head) Event { return StartRecordingFailed{h, cause} })
	}
}

// recordingEnd is why a recording ends with its call.
func recordingEnd(why Reason) recording.EndReason {
	if why.Kind == ServerStopped {
		return recording.ServiceStopped
	}
	return recording.CallEnded
}
