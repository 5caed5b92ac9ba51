package sfu

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// give makes the packets of a picture of an encoding, and gives those that which wants.
func (e *encoding) give(key bool, which func(i int) bool) (missing [][]byte) {
	payloads := e.Picture(key)
	e.time += 4500
	for i, payload := range payloads {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: e.seq, Timestamp: e.time, SSRC: e.layer.ssrc, Marker: i == len(payloads)-1}, Payload: payload}
		b, _ := p.Marshal()
		e.seq++
		if which(i) {
			e.layer.Take(b, false, time.Now())
		} else {
			missing = append(missing, b)
		}
	}
	return missing
}

func all(int) bool { return true }

// switching is a receiver who gets a small encoding, and is to get a large one.
func switching(t *testing.T, do func(small, large *encoding, line *received)) {
	synctest.Test(t, func(t *testing.T) {
		ann := NewClient("ann", &news{})
		defer ann.Close()
		ann.SetStreams(1, 0)
		w := &watcher{lines: []*received{{}}}
		bob := NewClient("bob", w)
		defer bob.Close()
		bob.sending.rate = MaxRate
		bob.SetLine(Line{MID: "a", SSRC: 100, RTX: 200, Types: map[Codec]Types{VP8: {96, 97}}, Write: w.lines[0].write})
		var made [2]*encoding
		for i := range made {
			e := &encoding{}
			e.Encoder = sfutest.Encoder{Width: 160 << (2 * i), Height: 90 << (2 * i), Rate: 100_000 << (4 * i)}
			e.layer = ann.Source(Camera).Open(string(rune('q'+i)), uint32(i+1), VP8, e)
			e.layer.setSinks([]*sink{bob.sinks[0]})
			made[i] = e
		}
		target := func(e *encoding) {
			bob.mu.Lock()
			defer bob.mu.Unlock()
			bob.sinks[0].give(1, e.layer, time.Now())
		}
		target(made[0])
		made[0].give(true, all)
		target(made[1])
		do(made[0], made[1], w.lines[0])
		time.Sleep(time.Second)
		w.lines[0].check(t)
	})
}

// TestAKeyPictureIsGivenWhenItIsWhole: while a packet of it is missing, the encoding
// before goes on; then all of it comes, and what came after it, in its order.
func TestAKeyPictureIsGivenWhenItIsWhole(t *testing.T) {
	switching(t, func(small, large *encoding, line *received) {
		missing := large.give(true, func(i int) bool { return i != 2 })
		for range 3 {
			time.Sleep(50 * time.Millisecond)
			small.give(false, all)
			large.give(false, all)
		}
		time.Sleep(50 * time.Millisecond)
		before := line.all()
		if got := line.widths(); len(got) != 1 || len(before) < 4 {
			t.Fatalf("key pictures %v, and %d packets, before it is whole", got, len(before))
		}
		large.layer.Take(missing[0], true, time.Now())
		time.Sleep(300 * time.Millisecond)
		small.give(false, all) // nobody sees it any more
		if got, packets := line.widths(), len(line.all())-len(before); len(got) != 2 || got[1] != 640 || packets != int(large.seq) {
			t.Errorf("key pictures %v, and %d packets of %d", got, packets, large.seq)
		}
	})
}

// TestALargeKeyPictureIsGivenAsItComes: what the ring does not hold is not waited for.
func TestALargeKeyPictureIsGivenAsItComes(t *testing.T) {
	switching(t, func(_, large *encoding, line *received) {
		large.Rate = 14_000_000 // 318 packets
		given := 0
		large.give(true, func(i int) bool { given++; return given <= mostKept+1 })
		time.Sleep(400 * time.Millisecond)
		if got := line.widths(); len(got) != 2 || got[1] != 640 {
			t.Errorf("key pictures %v", got)
		}
	})
}
