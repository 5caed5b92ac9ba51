package recording

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/store"
)

// BenchmarkRecordedSecond is what a second of a recorded call costs beside the mix:
// what its shard does for the listeners, the samples that are made of it, and their
// writing. core% is the share of a processor that a recording takes.
func BenchmarkRecordedSecond(b *testing.B) {
	for _, test := range []struct {
		name     string
		channels Channels
		rate     int
		speakers int // beside the mix
	}{{"mixed-8kHz", Mixed, 8000, 0}, {"mixed-16kHz", Mixed, 16000, 0}, {"unmixed-two-8kHz", Unmixed, 8000, 2}, {"unmixed-two-16kHz", Unmixed, 16000, 2}} {
		b.Run(test.name, func(b *testing.B) {
			l, err := Open(Config{Store: store.InMemory(), Dir: b.TempDir()}, slog.New(slog.NewTextHandler(io.Discard, nil)))
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			r, err := l.Create(context.Background(), Options{ID: NewID("x"), Channels: test.channels, Format: WAV})
			if err != nil {
				b.Fatal(err)
			}
			ears := []audio.Listener{r.Mix()}
			for i := range test.speakers {
				ears = append(ears, r.Participant(Arrival{Who: string(rune('a' + i)), Listed: true}))
			}
			said := audio.Frame(audiotest.Tone(test.rate, audio.FrameDuration, -9, 440))
			at := audio.Tick(0)
			b.ReportAllocs()
			for b.Loop() {
				for range audio.FramesPerSecond {
					at++
					for i, e := range ears {
						if f := said; i > 0 || test.channels == Mixed {
							e.HearFrame(at, f)
						} else {
							e.HearFrame(at, nil)
						}
					}
					if at%20 == 0 { // as often as the goroutines look
						r.listener.listen()
						r.writer.write()
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "core%")
		})
	}
}

// BenchmarkStopsAtOnce is how long 500 recordings, stopped at once, take until all are
// acknowledged, and until all are announced.
func BenchmarkStopsAtOnce(b *testing.B) {
	for b.Loop() {
		l, err := Open(Config{Store: store.InMemory(), Dir: b.TempDir(), Announce: func(context.Context, Record) error { return nil }}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			b.Fatal(err)
		}
		said := audio.Frame(audiotest.Tone(16000, audio.FrameDuration, -9, 440))
		var all []*Recording
		for range 500 {
			r, err := l.Create(context.Background(), Options{ID: NewID("x"), Channels: Mixed, Format: WAV})
			if err != nil {
				b.Fatal(err)
			}
			r.Begin(func(error, bool) {})
			for at := range audio.Tick(50) {
				r.Mix().HearFrame(at, said)
			}
			all = append(all, r)
		}
		began := time.Now()
		var kept []<-chan struct{}
		for _, r := range all {
			kept = append(kept, r.Stop(CallEnded))
			r.Mix().(io.Closer).Close()
		}
		for _, k := range kept {
			<-k
		}
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "acknowledged-ms")
		l.Finish(context.Background())
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "announced-ms")
		l.Close()
	}
}
