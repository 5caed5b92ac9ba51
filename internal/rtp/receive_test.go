//go:build linux && !portable

// Elsewhere a goroutine reads ahead, so a packet is not there at the next line.

package rtp

import "testing"

// FuzzReceive feeds a session whatever a stranger may send; the first byte of
// each record says how long the packet is.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{16, 0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 16, 0x80, 101, 0, 2, 0, 0, 0, 9, 0, 0, 0, 1, 5, 0x8a, 0, 160})
	a, b := pair(f)
	var frame [160]int16
	a.ReadFrame(frame[:])
	f.Fuzz(func(t *testing.T, packets []byte) {
		for len(packets) > 1 {
			n := min(int(packets[0]), len(packets)-1)
			if err := b.rtp.send(packets[1:1+n], a.LocalAddr()); err != nil {
				t.Fatal(err)
			}
			packets = packets[1+n:]
			a.ReadFrame(frame[:])
		}
		a.ReadFrame(frame[:])
		if a.stream.playout.buffer.count > maxSlots || a.stream.playout.depth() > 10*jumpLimit {
			t.Fatalf("%d packets, %d ms wait", a.stream.playout.buffer.count, a.stream.playout.depth())
		}
	})
}
