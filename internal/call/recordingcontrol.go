package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/recording"
)

// Recording returns the state of a recording that goes on.
func (r *Registry) Recording(ctx context.Context, id string) (RecordingState, error) {
	return askRecording(ctx, r, id, func(_ *Call, rec *callRecording) error { return nil })
}

// PauseRecording leaves out what is said until the recording is resumed. Pausing
// twice is pausing once.
func (r *Registry) PauseRecording(ctx context.Context, id string) (RecordingState, error) {
	return askRecording(ctx, r, id, func(c *Call, rec *callRecording) error {
		if rec.paused {
			return nil
		}
		if rec.pauses == maxPauses {
			return RecordingFixed.because("The recording was paused %d times already.", maxPauses)
		}
		rec.Pause()
		rec.paused = true
		rec.pauses++
		rec.tellState(c)
		c.tellSeats()
		return nil
	})
}

// ResumeRecording takes in again what is said.
func (r *Registry) ResumeRecording(ctx context.Context, id string) (RecordingState, error) {
	return askRecording(ctx, r, id, func(c *Call, rec *callRecording) error {
		if rec.paused {
			rec.paused = false
			c.hear(rec)
		}
		return nil
	})
}

// StopRecording ends a recording, and returns when it is on disk who did. Its files
// follow.
func (r *Registry) StopRecording(ctx context.Context, id string) (RecordingState, error) {
	var kept <-chan struct{}
	state, err := askRecording(ctx, r, id, func(c *Call, rec *callRecording) error {
		kept = c.endRecording(recording.InitiatorLeft, nil)
		return nil
	})
	if err != nil {
		return state, err
	}
	select {
	case <-kept:
	case <-ctx.Done(): // it is over nevertheless
	}
	return state, nil
}

// askRecording runs a command in a turn of the call that a recording is of,
// and returns the recording's state.
func askRecording(ctx context.Context, r *Registry, id string, command func(*Call, *callRecording) error) (RecordingState, error) {
	c := r.recorded(id).call
	if c == nil {
		return RecordingState{}, errRecordingOver()
	}
	return ask(ctx, c, func() (RecordingState, error) {
		rec := c.recording
		if rec == nil || rec.id != id {
			return RecordingState{}, errRecordingOver()
		}
		err := command(c, rec)
		return RecordingState{id, rec.active(), c.correlationID}, err
	})
}

// errRecordingOver is the service's own sentence for a recording that is over.
func errRecordingOver() error { return RecordingMissing.because("Recording not found.") }

// recorded is a recording that goes on, as it is found by its id.
type recorded struct {
	call   *Call    // nil: there is none
	events *Barrier // of its events
}

func (r *Registry) recorded(id string) recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.recordings[id]
}

// AwaitRecording keeps back the events of a recording that come from now on, until answered is
// called: see Barrier.Await.
func (r *Registry) AwaitRecording(id string) (answered func()) { return r.recorded(id).events.Await() }

// rememberRecording lets a recording be found by its id.
func (r *Registry) rememberRecording(id string, rec recorded) {
	r.mu.Lock()
	r.recordings[id] = rec
	r.mu.Unlock()
}

func (r *Registry) forgetRecording(id string) {
	r.mu.Lock()
	delete(r.recordings, id)
	r.mu.Unlock()
}
