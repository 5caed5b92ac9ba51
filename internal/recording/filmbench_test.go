package recording

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// BenchmarkStoredCamera is what a second of a camera of 500 kbit/s costs a recording:
// what is done with each packet, and the writing. core% is the share of a processor.
func BenchmarkStoredCamera(b *testing.B) {
	const packets, size = 57, 1100
	camera := &lens{}
	l, err := Open(Config{Store: store.InMemory(), Dir: b.TempDir(), Cameras: camera}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r, err := l.Create(context.Background(), Options{ID: NewID("x"), ServerCallID: "server", Content: AudioVideo, Channels: Mixed, Format: MP4})
	if err != nil {
		b.Fatal(err)
	}
	r.film.begin("server", false)
	r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
	now, seq := time.Now(), int64(0)
	r.film.at.tick(1, true, now)
	payload := make([]byte, size)
	b.ReportAllocs()
	for b.Loop() {
		for range packets {
			seq++
			now = now.Add(time.Second / packets)
			if !camera.take(Packet{Run: 1, Stream: 5, Seq: seq, Timestamp: uint32(seq), Payload: payload, At: now}) {
				b.Fatal("a packet was not taken")
			}
			if seq%(packets*2/5) == 0 { // as often as the goroutines look
				r.film.wound(r.listener.chunk, func(f reel) { r.give(step{film: f}) })
				r.listener.chunk = r.film.chunk
				for len(r.writer.record.Chunks) <= r.film.chunk {
					r.writer.record.Chunks = append(r.writer.record.Chunks, Chunk{})
				}
				r.writer.write()
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "core%")
}
