package sfu

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// TestReportsAboutManyPacketsAreReadInPart: 40 bytes say that 65,535 packets were lost, of
// which we remember the last alone.
func TestReportsAboutManyPacketsAreReadInPart(t *testing.T) {
	report := &rtcp.TransportLayerCC{PacketStatusCount: 65535}
	for range 8 {
		report.PacketChunks = append(report.PacketChunks, &rtcp.RunLengthChunk{RunLength: 8191})
	}
	read := 0
	for range statuses(report) {
		read++
	}
	if read != historyPackets {
		t.Errorf("%d packets are looked for, of %d that are remembered", read, historyPackets)
	}
}

// TestOlderNumbersDoNotLetAPacketBeRepeatedAgain: numbers that have a place in common are
// counted apart, whichever way a client asks for them.
func TestOlderNumbersDoNotLetAPacketBeRepeatedAgain(t *testing.T) {
	s, now, repeated := &sink{}, time.Now(), 0
	for range 10 {
		now = now.Add(time.Second)
		if s.countRepeat(5000, now) {
			repeated++
		}
		if s.countRepeat(5000-ringPackets, now) {
			t.Error("a packet may be repeated that is not kept")
		}
	}
	if repeated != 3 {
		t.Errorf("a packet may be repeated %d times, want 3", repeated)
	}
	if !s.countRepeat(5000+ringPackets, now) {
		t.Error("the next packet in its place may not be repeated")
	}
}

// TestWhatIsNotRepeatedIsNotCounted: a packet for whose repetitions no bytes were left may
// have all of them when there are.
func TestWhatIsNotRepeatedIsNotCounted(t *testing.T) {
	c, s, now, repeated := NewClient("bob", &news{}), &sink{}, time.Now(), 0
	defer c.Close()
	for c.spendRepeat(1000, now) {
	}
	for range 5 {
		now = now.Add(30 * time.Millisecond)
		if c.permitRepeat(s, 5000, 1000, now) {
			t.Fatal("more bytes are repeated than may be")
		}
	}
	now = now.Add(time.Second)
	for range 5 {
		now = now.Add(30 * time.Millisecond)
		if c.permitRepeat(s, 5000, 1000, now) {
			repeated++
		}
	}
	if repeated != 3 {
		t.Errorf("a packet is repeated %d times, want 3", repeated)
	}
}
