package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// hear takes the frames that have come.
func (l *listening) hear() Event {
	for {
		heard, ok := l.ear.Next()
		if !ok {
			return nil
		}
		if end := l.hearFrame(heard); end != nil {
			return end
		}
	}
}

// hearFrame follows the speaker's turn with one frame.
func (l *listening) hearFrame(heard audio.Heard) Event {
	if !l.started {
		l.started, l.first = true, heard.At
	}
	at := time.Duration(heard.At-l.first) * audio.FrameDuration
	samples := l.wide.Widen(heard.Frame)
	change := l.turn.Hear(heard.Frame, l.r.EndSilence, l.state == prompting)
	if l.state == hearing {
		l.write(at, samples)
		if l.spoken += audio.FrameDuration; change == voice.Ended || l.spoken >= longestUtterance {
			return l.finish()
		}
		return nil
	}
	l.recent.Keep(at, samples)
	if change == voice.Began && (l.state == awaiting || l.state == prompting && l.r.InterruptPrompt) {
		l.prompt.stop()
		l.begin()
	}
	return nil
}

// begin gives the recogniser what was said until now.
func (l *listening) begin() {
	l.state = hearing
	l.patience.Stop()
	for at, samples := range l.recent.All {
		l.write(at, samples)
	}
}

func (l *listening) write(at time.Duration, samples []int16) {
	if l.text != nil {
		l.text.Write(at, samples)
	}
}

// finish wants the result of what was said.
func (l *listening) finish() Event {
	if l.text == nil {
		return l.failed(SpeechFailed, l.textErr)
	}
	l.state = understanding
	l.text.Finish()
	wait := lastResult
	if l.best != "" || len(l.finals) > 0 {
		wait = lastHypothesis
	}
	l.patience.Reset(wait)
	return nil
}
