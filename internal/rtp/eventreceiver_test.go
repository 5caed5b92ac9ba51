package rtp

import (
	"testing"
	"time"
)

func TestKeyIsToldOnceAtItsFirstPacket(t *testing.T) {
	packet := func(marker bool, event byte, end bool, timestamp uint32, duration uint16) (header, []byte) {
		flags := byte(10)
		if end {
			flags |= 0x80
		}
		return header{marker: marker, timestamp: timestamp}, []byte{event, flags, byte(duration >> 8), byte(duration)}
	}
	type step struct {
		marker    bool
		event     byte
		end       bool
		timestamp uint32
		duration  uint16
	}
	for _, test := range []struct {
		name  string
		steps []step
		want  string
		clock int32
	}{
		{"whole press", []step{{true, 1, false, 100, 160}, {false, 1, false, 100, 320}, {false, 1, true, 100, 480}, {false, 1, true, 100, 480}}, "1", 0},
		{"first packets lost", []step{{false, 11, false, 100, 480}, {false, 11, true, 100, 640}}, "#", 0},
		{"all but an end packet lost", []step{{false, 10, true, 100, 640}}, "*", 0},
		{"all end packets lost, same key again", []step{{true, 1, false, 100, 160}, {true, 1, false, 2000, 160}}, "11", 0},
		{"all end packets and the next marker lost", []step{{true, 1, false, 100, 160}, {false, 1, false, 2000, 320}}, "11", 0},
		{"all end packets and the next marker lost, of a key pressed for half of the time", []step{{true, 1, false, 100, 160}, {false, 1, false, 100, 640}, {false, 1, false, 100 + 1280, 320}, {false, 1, true, 100 + 1280, 640}}, "11", 8000},
		{"the same beside a codec of 48 kHz", []step{{true, 1, false, 100, 960}, {false, 1, false, 100, 3840}, {false, 1, false, 100 + 7680, 1920}, {false, 1, true, 100 + 7680, 3840}}, "11", 48000},
		{"same key again", []step{{true, 1, false, 100, 160}, {false, 1, true, 100, 320}, {true, 1, false, 2000, 160}}, "11", 0},
		{"an old end packet comes late", []step{{true, 1, false, 100, 160}, {true, 2, false, 2000, 160}, {false, 1, true, 100, 320}}, "12", 0},
		{"long press in segments", []step{{true, 5, false, 100, 65535}, {false, 5, false, 100 + 65535, 160}, {false, 5, true, 100 + 65535, 320}}, "5", 0},
		{"long press that lost the end of a segment", []step{{true, 5, false, 100, 65000}, {false, 5, false, 100 + 65535, 160}, {false, 5, true, 100 + 65535, 320}}, "5", 0},
		{"long press beside a codec of 48 kHz, counted in 8 kHz", []step{{true, 5, false, 100, 8000}, {false, 5, false, 100 + 48000, 160}, {false, 5, true, 100 + 48000, 320}}, "5", 48000},
		{"timestamps wrap", []step{{true, 1, true, 1<<32 - 100, 320}, {true, 2, false, 500, 160}}, "12", 0},
		{"flash is no key", []step{{true, 16, false, 100, 160}, {true, 255, false, 900, 160}}, "", 0},
		{"letters", []step{{true, 12, false, 100, 160}, {true, 15, false, 900, 160}}, "AD", 0},
	} {
		receiver := eventReceiver{clock: test.clock}
		var got []byte
		for _, s := range test.steps {
			h, payload := packet(s.marker, s.event, s.end, s.timestamp, s.duration)
			if key, _ := receiver.receive(h, payload, 0); key != 0 {
				got = append(got, key)
			}
		}
		if string(got) != test.want {
			t.Errorf("%s: told %q, want %q", test.name, got, test.want)
		}
	}
	var receiver eventReceiver
	if key, sounding := receiver.receive(header{}, []byte{1, 0, 0}, 0); key != 0 || sounding {
		t.Error("a cut event is told")
	}
}

// TestRecordedKeysAreHeardInAnyOrder: who plays recorded keys sets the clock of
// its stream back; what is old without a pause before it is a straggler.
func TestRecordedKeysAreHeardInAnyOrder(t *testing.T) {
	for _, test := range []struct {
		pause time.Duration
		want  string
	}{{setBack, "42"}, {setBack - time.Millisecond, "4"}} {
		var receiver eventReceiver
		var got []byte
		for _, p := range []struct {
			h       header
			payload []byte
			at      time.Duration
		}{
			{header{marker: true, timestamp: 37120}, []byte{4, 10, 0, 160}, 0},
			{header{timestamp: 37120}, []byte{4, 0x8a, 1, 64}, 20 * time.Millisecond},
			{header{marker: true, timestamp: 23200}, []byte{2, 10, 0, 160}, 20*time.Millisecond + test.pause},
			{header{timestamp: 23200}, []byte{2, 0x8a, 1, 64}, 40*time.Millisecond + test.pause},
		} {
			if key, _ := receiver.receive(p.h, p.payload, int64(p.at)); key != 0 {
				got = append(got, key)
			}
		}
		if string(got) != test.want {
			t.Errorf("after %v: told %q, want %q", test.pause, got, test.want)
		}
	}
}
