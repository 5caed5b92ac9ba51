package calltest

import (
	"strings"
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/streaming"
)

// Streams are streams to applications that are not there.
type Streams struct {
	mu     sync.Mutex
	opened []*Stream
}

// Open takes a stream, which then waits for Tell.
func (s *Streams) Open(cfg streaming.Config, report func(streaming.Report)) call.Stream {
	stream := &Stream{Config: cfg, Tell: report, said: make(chan struct{}), heard: make(map[string]int)}
	s.mu.Lock()
	s.opened = append(s.opened, stream)
	s.mu.Unlock()
	return stream
}

// Opened lists the streams in the order of their opening.
func (s *Streams) Opened() []*Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// Stream is one of Streams. It says a constant level while it Speaks.
type Stream struct {
	streaming.Config
	Tell func(streaming.Report)

	mu     sync.Mutex
	said   chan struct{}
	closed bool
	speaks bool
	deaf   bool
	heard  map[string]int
	tones  strings.Builder
}

// Mix counts the frames with sound as those of "".
func (s *Stream) Mix() audio.Listener { return s.Participant("") }

// Participant counts the frames with sound of a participant.
func (s *Stream) Participant(who string) audio.Listener { return ear{s, who} }

type ear struct {
	stream *Stream
	who    string
}

func (e ear) HearFrame(_ audio.Tick, f audio.Frame) {
	e.stream.mu.Lock()
	defer e.stream.mu.Unlock()
	if f != nil {
		e.stream.heard[e.who]++
	}
}

// Heard counts the frames with sound of a participant, or of the mix ("").
func (s *Stream) Heard(who string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard[who]
}

// Speak makes the application say something, or nothing.
func (s *Stream) Speak(yes bool) { s.mu.Lock(); s.speaks = yes; s.mu.Unlock() }

// ReadFrame implements audio.Source.
func (s *Stream) ReadFrame(f audio.Frame) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range f {
		f[i] = 1000
	}
	return s.speaks
}

// Deafen notes whether participants are silent.
func (s *Stream) Deafen(yes bool) { s.mu.Lock(); s.deaf = yes; s.mu.Unlock() }

// Deaf is what Deafen was told last.
func (s *Stream) Deaf() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.deaf }

// Tone notes a key.
func (s *Stream) Tone(_, key string) { s.mu.Lock(); s.tones.WriteString(key); s.mu.Unlock() }

// Tones are the keys that were told.
func (s *Stream) Tones() string { s.mu.Lock(); defer s.mu.Unlock(); return s.tones.String() }

// Done is closed by Close.
func (s *Stream) Done() <-chan struct{} { return s.said }

// Close ends the stream.
func (s *Stream) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.said)
	}
}

// Closed reports whether it was closed.
func (s *Stream) Closed() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.closed }

// Transcripts are transcriptions for applications that are not there.
type Transcripts struct {
	mu     sync.Mutex
	opened []*Transcript
}

// Transcribe takes a transcription, which then waits for Tell.
func (t *Transcripts) Transcribe(cfg streaming.TranscriptConfig, report func(streaming.Report)) call.Transcript {
	made := &Transcript{TranscriptConfig: cfg, Stream: &Stream{Tell: report, said: make(chan struct{}), heard: make(map[string]int)}}
	t.mu.Lock()
	t.opened = append(t.opened, made)
	t.mu.Unlock()
	return made
}

// Caption takes captions, which then wait for Tell.
func (t *Transcripts) Caption(cfg streaming.CaptionConfig) call.Transcript {
	made := &Transcript{
		TranscriptConfig: streaming.TranscriptConfig{Locale: cfg.Locale}, Captions: cfg,
		Stream: &Stream{said: make(chan struct{}), heard: make(map[string]int)},
	}
	t.mu.Lock()
	t.opened = append(t.opened, made)
	t.mu.Unlock()
	return made
}

// Opened lists the transcriptions in the order of their opening.
func (t *Transcripts) Opened() []*Transcript {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.opened
}

// Transcript is one of Transcripts.
type Transcript struct {
	streaming.TranscriptConfig
	Captions streaming.CaptionConfig // zero of one that is an application's
	*Stream
	updates []string
}

// Update notes the new language and model.
func (t *Transcript) Update(locale, model string) {
	t.mu.Lock()
	t.updates = append(t.updates, locale+" "+model)
	t.mu.Unlock()
}

// Updates lists what Update was told.
func (t *Transcript) Updates() []string { t.mu.Lock(); defer t.mu.Unlock(); return t.updates }
