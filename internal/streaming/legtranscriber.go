package streaming

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// How what is said is cut into results.
const (
	pauseEnds   = 700 * time.Millisecond // the end of a sentence
	longAfter   = 15 * time.Second       // from here on a shorter pause ends a result:
	shortPause  = 200 * time.Millisecond // messages stay small
	longestSaid = 30 * time.Second
)

// maxFailures is how many utterances in a row may fail until the transcription does.
const maxFailures = 3

// legTranscriber transcribes one leg of a participant, on a goroutine of its own.
type legTranscriber struct {
	*Transcript
	who    string
	ear    *audio.Queue
	turn   *voice.Turn
	wide   voice.Widener
	recent voice.PreRoll
	spoken time.Duration // of the present utterance; 0: nobody speaks
	text   speech.Transcriber
	asked  speech.Listening // of text
	owed   int              // utterances of text whose results are not complete
}

func newLegTranscriber(t *Transcript, who string, ear *audio.Queue) *legTranscriber {
	return &legTranscriber{Transcript: t, who: who, ear: ear, turn: voice.NewTurn()}
}

// run goes on until the leg has left or the transcription ends.
func (s *legTranscriber) run() {
	defer s.drop()
	for {
		heard, ok := s.ear.Next()
		if ok {
			s.hear(heard)
			continue
		}
		if s.ear.Ended() {
			s.finish()
			s.await()
			return
		}
		select {
		case <-s.ear.Ready():
		case result, open := <-s.results():
			s.understood(result, open)
		case <-s.ctx.Done():
			return
		}
	}
}

func (s *legTranscriber) results() <-chan speech.Result {
	if s.text == nil {
		return nil
	}
	return s.text.Results()
}

// hear follows the speaker's turn with one frame.
func (s *legTranscriber) hear(heard audio.Heard) {
	s.began.CompareAndSwap(0, uint64(heard.At)+1)
	at := time.Duration(uint64(heard.At)+1-s.began.Load()) * audio.FrameDuration
	samples := s.wide.Widen(heard.Frame)
	change := s.turn.Hear(heard.Frame, pauseEnds, false)
	if s.spoken == 0 {
		s.recent.Keep(at, samples)
		if change == voice.Began {
			s.begin()
		}
		return
	}
	s.spoken += audio.FrameDuration
	s.text.Write(at, samples)
	switch {
	case change == voice.Ended:
		s.finish()
	case s.spoken >= longestSaid, s.spoken >= longAfter && s.turn.Quiet() >= shortPause:
		s.owed++
		s.text.Finish()
		s.spoken = audio.FrameDuration // it goes on
	}
}

// begin opens a transcriber in the present language, and gives it what was said until
// now.
func (s *legTranscriber) begin() {
	if want := s.listening(); s.text == nil || !slices.Equal(want.Languages, s.asked.Languages) || want.Model != s.asked.Model {
		s.await()
		s.drop()
		text, err := s.recognizer.Listen(s.ctx, want)
		if err != nil {
			s.failed(err)
			return
		}
		s.text, s.asked = text, want
	}
	s.spoken = audio.FrameDuration
	for at, samples := range s.recent.All {
		s.text.Write(at, samples)
	}
}

// finish ends an utterance.
func (s *legTranscriber) finish() {
	if s.spoken > 0 {
		s.owed++
		s.text.Finish()
		s.spoken = 0
	}
}

// await waits for the results of what was said: less than the ear keeps meanwhile.
func (s *legTranscriber) await() {
	patience := time.NewTimer(3 * time.Second)
	defer patience.Stop()
	for s.text != nil && s.owed > 0 {
		select {
		case result, open := <-s.text.Results():
			s.understood(result, open)
		case <-patience.C:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// understood tells a result, or that there will be none.
func (s *legTranscriber) understood(result speech.Result, open bool) {
	if !open {
		err := s.text.Err()
		s.drop()
		s.spoken = 0
		if err != nil {
			s.failed(err)
		}
		return
	}
	if result.Last {
		s.owed--
	}
	if result.Final {
		s.failures.Store(0)
	}
	s.tell(s.who, result)
}

// failed counts failures; too many in a row end the transcription.
func (s *legTranscriber) failed(err error) {
	if s.ctx.Err() != nil {
		return
	}
	s.log.Warn("something that was said is not transcribed", "participant", s.who, "error", err)
	if s.failures.Add(1) == maxFailures {
		s.fail(err, true)
	}
}

// drop closes the transcriber.
func (s *legTranscriber) drop() {
	if s.text != nil {
		s.text.Close()
		s.text, s.owed = nil, 0
	}
}
