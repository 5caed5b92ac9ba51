package mixer

import (
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// voice is a port that says one sample all the time and remembers what it hears.
type voice struct {
	says     int16 // 0 is silence
	heard    int16 // the first sample of the last frame
	silent   bool  // the last frame was nil
	reads    int
	writes   int
	samples  int
	closed   atomic.Int32
	touched  atomic.Int32 // calls after Close
	last     audio.Frame
	failRead bool
}

func (v *voice) ReadFrame(f audio.Frame) bool {
	if v.closed.Load() > 0 {
		v.touched.Add(1)
	}
	if v.failRead {
		panic("a port with a mistake in it")
	}
	v.reads++
	v.samples = len(f)
	for i := range f {
		f[i] = v.says
	}
	return v.says != 0
}

func (v *voice) WriteFrame(f audio.Frame) {
	if v.closed.Load() > 0 {
		v.touched.Add(1)
	}
	v.writes++
	v.last = f
	v.silent = f == nil
	v.heard = 0
	if f != nil {
		v.heard = f[0]
	}
}

func (v *voice) Close() error { v.closed.Add(1); return nil }

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// still is an engine whose only shard is ticked by hand.
func still(t testing.TB) (*Engine, func(frames int)) {
	t.Helper()
	e := prepare(Config{}, quiet())
	s := newShard(e, e.clock)
	e.shards = append(e.shards, s)
	return e, func(frames int) {
		for range frames * phases {
			s.obey()
			s.tick(s.turn % phases)
			s.turn++
		}
	}
}

// room joins voices to one mix and lets a first frame pass.
func room(t testing.TB, says ...int16) ([]*voice, []*Member, func(int)) {
	t.Helper()
	e, tick := still(t)
	mix := e.NewMix(8000)
	voices, members := make([]*voice, len(says)), make([]*Member, len(says))
	for i := range says {
		voices[i] = &voice{says: says[i]}
		members[i] = mix.Join(voices[i])
	}
	tick(1)
	return voices, members, tick
}

func wantHeard(t *testing.T, voices []*voice, want ...int16) {
	t.Helper()
	for i, v := range voices {
		if v.heard != want[i] {
			t.Errorf("member %d hears %d, want %d", i, v.heard, want[i])
		}
		if v.silent != (want[i] == 0) {
			t.Errorf("member %d: silent %v while hearing %d", i, v.silent, v.heard)
		}
	}
}
