package call

import (
	"context"
	"errors"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/recording"
)

// OwnAnnouncement is what the server says before it records.
type OwnAnnouncement struct{}

func (OwnAnnouncement) prompt() {}

// announcement tells everybody that the call is going to be recorded:
//
//	unheard ──the recording is to hear──▶ playing ──end──▶ heard
//	                                         │ it cannot be played
//	                                         └──▶ (the recording ends)
type announcement struct {
	heard  bool               // the recording may hear, unless it is paused
	cancel context.CancelFunc // of what is being played; nil: nothing is
}

// hear lets a recording hear the call, now or after the announcement.
func (c *Call) hear(rec *callRecording) {
	switch {
	case rec.notice.heard:
		rec.Resume()
		rec.tellState(c)
		c.tellSeats()
	case rec.notice.cancel == nil:
		c.announce(rec)
	}
}

// announce plays the announcement to every leg, those on hold included, for whoever
// comes off hold is recorded.
func (c *Call) announce(rec *callRecording) {
	ctx, cancel := context.WithCancel(context.Background())
	rec.notice.cancel = cancel
	var listeners []*endpoint
	var speakers []speaker
	for _, e := range c.endpoints {
		if e.leg != nil && e.member != nil {
			listeners = append(listeners, e)
			hears := func(other *endpoint) bool { return other == e }
			speakers = append(speakers, speaker{e.private.setNotice, hears, e.private.left()})
		}
	}
	c.log.Info("recording is announced", "recording", recording.GUID(rec.id), "legs", len(listeners))
	c.work.Go(func() {
		err := c.playSent(ctx, []Prompt{OwnAnnouncement{}}, false, speakers, func() {})
		cancel()
		for _, e := range listeners {
			e.private.setNotice(nil)
		}
		c.post(func() { c.announced(rec, err) })
	})
}

// announced lets a recording hear that everybody was told of. One that cannot be
// announced ends: it might be unlawful.
func (c *Call) announced(rec *callRecording, err error) {
	var failed *sourceError
	if errors.As(err, &failed) {
		err = failed.cause
	}
	switch {
	case c.recording != rec:
	case err != nil:
		c.log.Error("recording cannot be announced, and ends", "recording", recording.GUID(rec.id), "error", err)
		c.takeRecording(recording.AnnouncementFailed)
		rec.tell(c, func(h Head) Event { return StartRecordingFailed{h, err} })
	default:
		rec.notice.heard = true
		if !rec.paused {
			c.hear(rec)
		}
	}
}

// active reports whether a recording hears the call.
func (rec *callRecording) active() bool { return rec.notice.heard && !rec.paused }

// overNotice says what an endpoint hears under the server's announcement, and the
// announcement. Nobody else hears either: a recording might begin in its last frame.
type overNotice struct {
	audio.Sum
	notice Playback
}

func newOverNotice(under audio.Source, notice Playback) *overNotice {
	both := &overNotice{notice: notice}
	if under != nil {
		both.Add(under)
	}
	both.Add(notice)
	return both
}

// Aside reports that it is for nobody but the member.
func (*overNotice) Aside() bool { return true }

// Copies is who else is told the announcement.
func (o *overNotice) Copies() *audio.Copies { return copiesOf(o.notice) }
