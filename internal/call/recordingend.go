package call

import "github.com/switchhook/switchhook/internal/recording"

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
