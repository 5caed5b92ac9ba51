package call_test

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/store"
)

// recordings is a library for the calls of a test.
type recordings struct {
	*recording.Library
	w         *world
	announced []recording.Record
}

// records lets the calls of a world be recorded.
func records(t *testing.T, test func(*world, *recordings)) {
	dir := t.TempDir()
	run(t, func(w *world) {
		r := &recordings{w: w}
		library, err := recording.Open(recording.Config{Store: store.InMemory(), Dir: dir, Announce: func(_ context.Context, done recording.Record) error {
			r.announced = append(r.announced, done)
			return nil
		}}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		w.must(err)
		r.Library = library
		w.recordings = calltest.RecordingsOf(library)
		w.Registry = w.remake(false)
		test(w, r)
		synctest.Wait()
		library.Finish(bg)
		library.Close()
	})
}

var mixedWAV = recording.Options{Content: recording.Audio, Channels: recording.Mixed, Format: recording.WAV}

var unmixedWAV = recording.Options{Content: recording.Audio, Channels: recording.Unmixed, Format: recording.WAV}

const recordingCallback = "http://app.test/recording"

// only returns the only recording that was announced.
func (r *recordings) only() recording.Record {
	r.w.Helper()
	r.Finish(bg)
	if len(r.announced) != 1 {
		r.w.Fatalf("%d recordings were announced", len(r.announced))
	}
	return r.announced[0]
}

// sound reads the channels of a recording.
func (r *recordings) sound(record recording.Record) [][]int16 {
	r.w.Helper()
	d, err := r.Document(bg, record.Document(0))
	r.w.must(err)
	sound, err := d.Open()
	r.w.must(err)
	defer sound.Close()
	size, err := sound.Size()
	r.w.must(err)
	text := make([]byte, size)
	if _, err := sound.ReadAt(text, 0); err != nil && err != io.EOF {
		r.w.Fatal(err)
	}
	channels := make([][]int16, text[22])
	for at, b := 0, text[44:]; len(b) > 0; at, b = at+1, b[2:] {
		channels[at%len(channels)] = append(channels[at%len(channels)], int16(uint16(b[0])|uint16(b[1])<<8))
	}
	return channels
}

// heard counts the frames of a channel that have sound.
func heard(samples []int16) (frames int) {
	for frame := range slices.Chunk(samples, recording.SampleRate/audio.FramesPerSecond) {
		if slices.ContainsFunc(frame, func(s int16) bool { return s > 100 || s < -100 }) {
			frames++
		}
	}
	return frames
}

func near(t *testing.T, what string, got, want int) {
	t.Helper()
	if got < want-3 || got > want+3 {
		t.Errorf("%s: %d frames, want about %d", what, got, want)
	}
}
