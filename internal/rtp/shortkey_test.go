package rtp

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestShortKeysAreNeverMissedNorDoubled sends 50,000 presses of 40 ms, 40 ms apart,
// over a network that loses 5 % of the packets at random and turns the order of some
// round. A press has five packets, two of them beside its end, so that hardly any is
// lost whole; each other is told once, in its turn.
func TestShortKeysAreNeverMissedNorDoubled(t *testing.T) {
	const presses, loss, turned = 50_000, 0.05, 0.01
	type arrival struct {
		h       header
		payload []byte
		at      time.Duration
		press   int
	}
	random := rand.New(rand.NewPCG(1, 2))
	var sent []arrival
	for i := range presses {
		at := time.Duration(i) * 80 * time.Millisecond
		timestamp, event := uint32(i*640), byte(random.IntN(len(keys)))
		for p, duration := range []uint16{160, 320, 320, 320, 320} {
			flags := byte(10)
			if p > 1 {
				flags |= 0x80
			}
			sent = append(sent, arrival{
				header{marker: p == 0, timestamp: timestamp}, []byte{event, flags, byte(duration >> 8), byte(duration)},
				at + time.Duration(min(p, 2))*20*time.Millisecond, i,
			})
		}
	}
	var arrived []arrival
	for _, packet := range sent {
		if random.Float64() >= loss {
			arrived = append(arrived, packet)
		}
	}
	for i := 1; i < len(arrived); i++ {
		if random.Float64() < turned {
			arrived[i-1], arrived[i] = arrived[i], arrived[i-1]
		}
	}
	var receiver eventReceiver
	var want, got []byte
	last := -1
	for _, packet := range arrived {
		if packet.press > last {
			last = packet.press
			want = append(want, keys[packet.payload[0]])
		}
		if key, _ := receiver.receive(packet.h, packet.payload, int64(packet.at)); key != 0 {
			got = append(got, key)
		}
	}
	if missed := presses - len(want); missed > 1 {
		t.Errorf("%d presses were lost whole", missed)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d presses were told, of %d", len(got), len(want))
	}
}
