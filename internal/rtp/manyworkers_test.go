package rtp

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// gate is an Output in which streams wait until it opens.
type gate struct {
	open chan struct{}
	in   *atomic.Int32
}

func (g *gate) SendRTP(packet []byte) (int, error) {
	g.in.Add(1)
	<-g.open
	return len(packet), nil
}

func (*gate) SendRTCP([]byte) {}

// TestWorkersThatWaitTogetherDoNotAllocate: one tick wakes hundreds of goroutines, which wait
// for a lock or for a processor with their work half done.
func TestWorkersThatWaitTogetherDoNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, most = 300, 16 << 10 // bytes; what one of them works in has 2 kB
		var in atomic.Int32
		out, frame := &gate{in: &in}, make(audio.Frame, 160)
		m := sdp.Media{Send: true, Receive: true}
		use(&m, codec.PCMU)
		var streams [many]*AsyncStream
		for i := range streams {
			streams[i] = NewAsyncStream(StreamConfig{Output: out})
			streams[i].SetMedia(m)
		}
		var before, after runtime.MemStats
		for range 5 {
			out.open = make(chan struct{})
			in.Store(0)
			runtime.ReadMemStats(&before)
			for _, s := range streams {
				s.ReadFrame(frame)
				s.WriteFrame(frame)
			}
			synctest.Wait()
			runtime.ReadMemStats(&after)
			close(out.open)
			synctest.Wait()
		}
		if in.Load() != many {
			t.Errorf("%d of %d are inside at a time", in.Load(), many)
		}
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Errorf("a tick of %d streams that wait took %d bytes", many, took)
		}
		for _, s := range streams {
			s.Close()
			<-s.Done()
		}
	})
}
