package rtp

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"

	"github.com/switchhook/switchhook/internal/codec"
)

// Payloads of all lengths come and go in any order, and none becomes another's.
func TestJitterBufferKeepsPayloadsApart(t *testing.T) {
	var b jitterBuffer
	b.reset()
	random := rand.New(rand.NewPCG(1, 2))
	kept := map[uint32][]byte{}
	refused := 0
	for range 20_000 {
		if first := b.first(); first != nil && random.IntN(2) == 0 {
			var got []byte
			b.each(first, func(piece []byte) { got = append(got, piece...) })
			if want := kept[first.timestamp]; !bytes.Equal(got, want) {
				t.Fatalf("%d bytes became %d others", len(want), len(got))
			}
			delete(kept, first.timestamp)
			b.drop()
			continue
		}
		payload := make([]byte, random.IntN(maxPayload+1))
		for i := range payload {
			payload[i] = byte(random.Uint32())
		}
		h := header{timestamp: random.Uint32N(100_000)}
		_, there := kept[h.timestamp]
		fits := b.fits(payload)
		if inserted := b.insert(h, 0, 160, payload); inserted != (fits && !there) {
			t.Fatalf("inserted: %t, although it fits: %t and is there: %t", inserted, fits, there)
		} else if inserted {
			kept[h.timestamp] = payload
		}
		if !fits {
			refused++
		}
	}
	for len(kept) > 0 {
		delete(kept, b.first().timestamp)
		b.drop()
	}
	if b.count != 0 || b.room != maxChunks || refused == 0 {
		t.Errorf("%d packets and %d of %d free chunks are left; %d were refused", b.count, b.room, maxChunks, refused)
	}
}

// A peer that sends longer packets than there is room for loses the oldest.
func TestLongPacketsPushTheOldestOut(t *testing.T) {
	var p playout
	p.accept(newDecoding(codec.PCMU))
	came := map[arrival]int{}
	for n := range 12 {
		came[p.push(header{timestamp: uint32(n * maxPayload), sequence: uint16(n)}, 0, make([]byte, maxPayload), moment{newest: true})]++
	}
	if came[stored] != 5 || came[overflow] != 7 || p.buffer.count != 5 || p.buffer.first().sequence != 7 {
		t.Errorf("%v, and %d packets from %d on wait", came, p.buffer.count, p.buffer.first().sequence)
	}
}

// Every codec that a peer may change to has a place.
func TestEveryCodecHasAPlace(t *testing.T) {
	if all := append(codec.All[:len(codec.All):len(codec.All)], codec.Opus); len(all) > maxFormats {
		t.Errorf("%d codecs, %d places", len(all), maxFormats)
	}
}

// Ten thousand legs take ten thousand times this.
func TestSessionIsSmall(t *testing.T) {
	const limit = 12 << 10 // bytes
	for _, c := range codec.All {
		heard := newDecoding(c)
		size := int(unsafe.Sizeof(Session{})+unsafe.Sizeof(engine{})+unsafe.Sizeof(*heard)) + 2*len(heard.room.samples)
		if c.SampleRate == 8000 && size > limit || size > limit+limit/3 {
			t.Errorf("a session with %s takes %d bytes", c.Name, size)
		}
	}
}
