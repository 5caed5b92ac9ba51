package recording

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/store"
)

// studio is a library with a call to record.
type studio struct {
	*testing.T
	*Library
	dir     string
	backend store.Backend

	mu        sync.Mutex
	announced []Record
	refuse    error // what announcing answers

	told  []error // of failures
	begun bool

	at   audio.Tick
	ears []audio.Listener
}

// record runs a test in a bubble of its own time.
func record(t *testing.T, test func(*studio)) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &studio{T: t, dir: dir, backend: store.InMemory(), at: 1000}
		s.open(Config{})
		test(s)
		s.Close()
	})
}

// open opens the library, as a process does that begins.
func (s *studio) open(cfg Config) {
	s.Helper()
	cfg.Resource, cfg.Store, cfg.Dir, cfg.Announce = "631fa8d8-aab5-4ac5-8e15-261aa2590750", s.backend, s.dir, s.announce
	wall := cfg.Clock
	if wall == nil {
		wall = time.Now
	}
	cfg.Doubts = clockjump.Open(filepath.Clean(s.dir)+"-last-alive", wall, slog.New(slog.DiscardHandler))
	l, err := Open(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		s.Fatal(err)
	}
	s.Library = l
}

func (s *studio) announce(_ context.Context, r Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.announced = append(s.announced, r)
	return nil
}

// announcedNow are the recordings that were announced so far.
func (s *studio) announcedNow() []Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.announced
}

// start begins a recording of a call.
func (s *studio) start(o Options) *Recording {
	s.Helper()
	o.ID, o.CallID, o.ServerCallID = NewID("411f3500-9774-453b-ab63-c22ded8fcbd5"), "corr", "server"
	o.Content, o.Format = cmp.Or(o.Content, Audio), cmp.Or(o.Format, WAV)
	r, err := s.Create(context.Background(), o)
	if err != nil {
		s.Fatal(err)
	}
	s.ears = []audio.Listener{r.Mix()}
	r.Begin(func(err error, begun bool) { s.told = append(s.told, err); s.begun = begun })
	return r
}

// join lets somebody come into the call who is recorded by themselves.
func (s *studio) join(r *Recording, who string, application bool) {
	if l := r.Participant(Arrival{Who: who, Application: application, Listed: true}); l != nil {
		s.ears = append(s.ears, l)
	}
}

// tick lets everybody say a frame, in the order of their coming, the mix first; a
// level of 0 is silence.
func (s *studio) tick(rate int, levels ...int16) {
	s.at++
	for i, e := range s.ears {
		var f audio.Frame
		if i < len(levels) && levels[i] != 0 {
			f = make(audio.Frame, audio.Samples(rate))
			for j := range f {
				f[j] = levels[i]
			}
		}
		e.HearFrame(s.at, f)
	}
	time.Sleep(audio.FrameDuration)
}

// ticks does so several times.
func (s *studio) ticks(n int, rate int, levels ...int16) {
	for range n {
		s.tick(rate, levels...)
	}
}

// stop ends the recording as its call does, and returns what is stored of it.
func (s *studio) stop(r *Recording, why EndReason) Record {
	s.Helper()
	r.Stop(why)
	s.leave()
	s.Finish(context.Background())
	record, err := s.Find(context.Background(), r.ID())
	if err != nil {
		s.Fatal(err)
	}
	return record
}

func (s *studio) leave() {
	for _, e := range s.ears {
		e.(io.Closer).Close()
	}
}

// sound reads a chunk: the samples of each channel.
func (s *studio) sound(record Record, chunk int) [][]int16 {
	s.Helper()
	d, err := s.Document(context.Background(), record.Document(chunk))
	if err != nil {
		s.Fatal(err)
	}
	sound, err := d.wav()
	if err != nil {
		s.Fatal(err)
	}
	defer sound.Close()
	size, _ := sound.Size()
	text := make([]byte, size)
	if n, err := sound.ReadAt(text, 0); n < len(text) || err != nil && !errors.Is(err, io.EOF) {
		s.Fatalf("read %d of %d bytes: %v", n, len(text), err)
	}
	channels := make([][]int16, sound.channels)
	for at, b := 0, text[44:]; len(b) > 0; at, b = at+1, b[2:] {
		c := at % sound.channels
		channels[c] = append(channels[c], int16(uint16(b[0])|uint16(b[1])<<8))
	}
	return channels
}

// levels says what a channel holds, frame by frame, by the middle of each frame, and
// how often in a row.
func levels(samples []int16) (runs []run) {
	for at := frameSamples / 2; at < len(samples); at += frameSamples {
		if n := len(runs); n > 0 && runs[n-1].level == samples[at] {
			runs[n-1].frames++
			continue
		}
		runs = append(runs, run{samples[at], 1})
	}
	return runs
}

type run struct {
	level  int16
	frames int
}
