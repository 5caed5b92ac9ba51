package call

import (
	"context"
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
	Participant(who recording.Arrival) audio.Listener
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

	CallbackURI string   // recordingStateCallbackUri; "": nobody is told
	Version     string   // api-version
	Barrier     *Barrier // of its events; nil: none
}

// RecordingPhase is what a recording does at the moment of an event: see callRecording.
type RecordingPhase uint8

// The phases that applications are told of.
const (
	RecordingEnded RecordingPhase = iota
	RecordingPaused
	RecordingActive
)

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

// tell publishes an event of a recording, if anybody wants to be told.
func (rec *callRecording) tell(c *Call, event func(Head) Event) {
	if rec.head.Control.CallbackURI == "" {
		return
	}
	head := rec.head
	head.At = time.Now()
	c.publish(event(head))
}

// phase is what a recording that goes on does.
func (rec *callRecording) phase() RecordingPhase {
	if rec.active() {
		return RecordingActive
	}
	return RecordingPaused
}

// tellState publishes what a recording does now.
func (rec *callRecording) tellState(c *Call) {
	rec.tell(c, func(h Head) Event { return RecordingStateChanged{Head: h, Phase: rec.phase()} })
}
