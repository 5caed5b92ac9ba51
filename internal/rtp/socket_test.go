package rtp

import (
	"net/netip"
	"testing"
	"time"
)

func TestSocketKeepsPacketsAndTheirSenders(t *testing.T) {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	at := [2]netip.AddrPort{netip.AddrPortFrom(loopback, 22360), netip.AddrPortFrom(loopback, 22361)}
	var sockets [2]*socket
	for i := range sockets {
		s, _, err := listen(at[i])
		if err != nil {
			t.Fatal(err)
		}
		sockets[i] = s
	}
	if _, taken, err := listen(at[0]); err == nil || !taken {
		t.Errorf("a taken port: %v, %v", taken, err)
	}
	sizes := []int{0, 1, 172, maxPacket, maxPacket + 1, 1400, 12}
	for _, size := range sizes {
		if err := sockets[0].send(make([]byte, size), at[1]); err != nil {
			t.Fatal(err)
		}
	}
	in := newBatch()
	var got []int
	for wait := 0; len(got) < len(sizes) && wait < 1000; wait++ {
		n := sockets[1].receive(in)
		for i := range n {
			got = append(got, in.size[i])
			if in.from[i] != at[0] {
				t.Errorf("from %v, want %v", in.from[i], at[0])
			}
		}
		if n == 0 {
			<-time.After(time.Millisecond) // a portable socket's goroutine needs its turn
		}
	}
	for i, size := range sizes {
		if size > maxPacket {
			size = -1
		}
		if i >= len(got) || got[i] != size {
			t.Fatalf("sizes %v, sent %v", got, sizes)
		}
	}
	if n := sockets[1].receive(in); n != 0 {
		t.Errorf("%d packets more", n)
	}
	for _, s := range sockets {
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}
