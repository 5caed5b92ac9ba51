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
	camera := &camera{}
	l, err := Open(Config{Store: store.InMemory(), Dir: b.TempDir(), Cameras: camera}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	r, err := l.Create(context.Background(), Options{ID: NewID("x"), ServerCallID: "server", Content: AudioVideo, Channels: Mixed, Format: MP4})
	if err != nil {
		b.Fatal(err)
	}
	r.pictures.begin("server", false)
	r.Attend([]Attendee{{Who: "8:acs:a_b", Camera: 5}})
	now, seq := time.Now(), int64(0)
	r.pictures.at.tick(1, true, now)
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
				r.pictures.takePending(r.listener.chunk, func(p pendingPictures) { r.give(step{pictures: p}) })
				r.listener.chunk = r.pictures.chunk
				for len(r.writer.record.Chunks) <= r.pictures.chunk {
					r.writer.record.Chunks = append(r.writer.record.Chunks, Chunk{})
				}
				r.writer.write()
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e7, "core%")
}
