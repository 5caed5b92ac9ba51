package rtp

import (
	"bytes"
	"encoding/binary"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// track is a peer connection's audio in one direction, as a WebRTC stack has it: one
// goroutine writes packets, another one reads them. It is an Output.
type track chan []byte

func (t track) SendRTP(packet []byte) (int, error) {
	t <- bytes.Clone(packet)
	return len(packet), nil
}

func (t track) SendRTCP(packet []byte) { t <- bytes.Clone(packet) }

// read is the stack's read goroutine: what it gets it gives to a stream.
func (t track) read(to *AsyncStream, drop func(n int) bool) {
	n := 0
	for packet := range t {
		if n++; !drop(n) {
			to.Receive(packet, time.Now())
		}
	}
}

// browser is two streams that talk through tracks.
type browser struct {
	here, there *AsyncStream
	up, down    track
	work        sync.WaitGroup
}

func newBrowser(drop func(n int) bool, codecs ...codec.Codec) *browser {
	b := &browser{up: make(track, 16), down: make(track, 16)}
	b.here, b.there = NewAsyncStream(StreamConfig{Output: b.down}), NewAsyncStream(StreamConfig{Output: b.up})
	b.work.Go(func() { b.up.read(b.here, drop) })
	b.work.Go(func() { b.down.read(b.there, drop) })
	m := sdp.Media{Send: true, Receive: true}
	use(&m, codecs...)
	b.here.SetMedia(m)
	b.there.SetMedia(m)
	return b
}

// run is the shard.
func (b *browser) run(source audio.Source, rate, frames int) (heard []int16) {
	f := make(audio.Frame, rate/50)
	for range frames {
		b.there.ReadFrame(f)
		if source.ReadFrame(f) {
			b.there.WriteFrame(f)
		}
		if !b.here.ReadFrame(f) {
			clear(f)
		}
		heard = append(heard, f...)
		b.here.WriteFrame(nil)
		time.Sleep(audio.FrameDuration)
	}
	return heard
}

func (b *browser) close() {
	_, _ = b.here.Close(), b.there.Close()
	_ = b.here.Close()
	<-b.here.Done()
	<-b.there.Done()
	close(b.up)
	close(b.down)
	b.work.Wait()
}

// TestStreamRunsOnPacketsOfAnotherGoroutine is a browser's leg: packets come from a
// read goroutine and leave by a write that may block, while a shard reads and writes
// frames. The race detector watches.
func TestStreamRunsOnPacketsOfAnotherGoroutine(t *testing.T) {
	codecs := []codec.Codec{codec.PCMU, codec.G722}
	if codec.OpusMissing() == nil {
		codecs = append(codecs, codec.Opus)
	}
	for _, c := range codecs {
		for _, every := range []int{0, 25} { // of which packets one is lost
			synctest.Test(t, func(t *testing.T) {
				b := newBrowser(func(n int) bool { return every > 0 && n%every == every-1 }, c)
				var keys []byte
				b.here.OnTone(func(key byte) { keys = append(keys, key) })
				heard := b.run(audio.NewOscillator(-10, tone), 16000, 12*50)
				pressed := make(chan error, 1)
				go func() { pressed <- b.there.SendTones(t.Context(), []byte("42#")) }()
				b.run(audio.NewOscillator(-10, tone), 16000, 50)
				if err := <-pressed; err != nil || string(keys) != "42#" {
					t.Errorf("%s: told %q, %v", c.Name, keys, err)
				}
				stats, there := b.here.Stats(), b.there.Stats()
				if share := audiotest.Goertzel(heard[16000:32000], 16000, tone); share < 0.8 {
					t.Errorf("%s: heard %s", c.Name, audiotest.Describe(heard[16000:32000], 16000))
				}
				lost := uint64(0)
				if every > 0 {
					lost = 13 * 50 / uint64(every)
				}
				if stats.Received < 600 || stats.Lost+3 < lost || stats.Lost > lost+3 || stats.Concealed > lost+3 || stats.Unsent+stats.Late+stats.Ignored+stats.Discarded > 0 {
					t.Errorf("%s, one of %d lost: %+v", c.Name, every, stats)
				}
				if there.RemoteMOS == 0 || b.here.Summary().Codec != c.Name || b.here.SampleRate() != c.SampleRate {
					t.Errorf("%s: %+v", c.Name, there)
				}
				b.close()
			})
		}
	}
}

// TestPacketsThatNobodyReadsAreDropped asks that a read goroutine is never held up: the
// oldest packets make room, and are counted.
func TestPacketsThatNobodyReadsAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(func(int) bool { return false }, codec.PCMU)
		f := make(audio.Frame, 160)
		const sent = 3 * waitingPackets
		for n := range sent {
			packet := make([]byte, headerSize+160)
			header{sequence: uint16(n), timestamp: uint32(160 * n), ssrc: 9}.put(packet)
			b.here.Receive(packet, time.Now())
		}
		b.here.Receive(make([]byte, maxPacket+1), time.Now())
		for range 2 {
			b.here.WriteFrame(nil)
			time.Sleep(audio.FrameDuration)
			b.here.ReadFrame(f)
		}
		if stats := b.here.Stats(); stats.Received != waitingPackets || stats.Malformed != 1 || stats.Discarded < sent-waitingPackets-1 {
			t.Errorf("%+v", stats)
		}
		b.close()
	})
}

// TestPacketQueueKeepsOrder lets a writer and a reader race: what is read is whole and
// in order, and what is not read is counted.
func TestPacketQueueKeepsOrder(t *testing.T) {
	const packets = 200_000
	q := newPacketQueue(2)
	go func() {
		var packet [100]byte
		for n := range packets {
			for i := 0; i < len(packet); i += 4 {
				binary.BigEndian.PutUint32(packet[i:], uint32(n))
			}
			q.put(packet[:40+n%60&^3], int64(n))
		}
	}()
	read, last := 0, int64(-1)
	for last != packets-1 {
		packet, at, ok := q.next()
		if !ok {
			continue
		}
		if read++; at <= last || len(packet) != 40+int(at)%60&^3 {
			t.Fatalf("packet %d of %d bytes after %d", at, len(packet), last)
		}
		for i := 0; i < len(packet); i += 4 {
			if got := binary.BigEndian.Uint32(packet[i:]); got != uint32(at) {
				t.Fatalf("packet %d holds %d", at, got)
			}
		}
		last = at
	}
	if missing := packets - read - int(q.Dropped()); missing < 0 || missing > 2 { // the latest ones are counted when their place is taken
		t.Errorf("%d read, %d dropped of %d", read, q.Dropped(), packets)
	}
}
