package rtp

import "testing"

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
	}{
		{"whole press", []step{{true, 1, false, 100, 160}, {false, 1, false, 100, 320}, {false, 1, true, 100, 480}, {false, 1, true, 100, 480}}, "1"},
		{"first packets lost", []step{{false, 11, false, 100, 480}, {false, 11, true, 100, 640}}, "#"},
		{"all but an end packet lost", []step{{false, 10, true, 100, 640}}, "*"},
		{"all end packets lost, same key again", []step{{true, 1, false, 100, 160}, {true, 1, false, 2000, 160}}, "11"},
		{"all end packets and the next marker lost", []step{{true, 1, false, 100, 160}, {false, 1, false, 2000, 320}}, "11"},
		{"same key again", []step{{true, 1, false, 100, 160}, {false, 1, true, 100, 320}, {true, 1, false, 2000, 160}}, "11"},
		{"an old end packet comes late", []step{{true, 1, false, 100, 160}, {true, 2, false, 2000, 160}, {false, 1, true, 100, 320}}, "12"},
		{"long press in segments", []step{{true, 5, false, 100, 65535}, {false, 5, false, 100 + 65535, 160}, {false, 5, true, 100 + 65535, 320}}, "5"},
		{"timestamps wrap", []step{{true, 1, true, 1<<32 - 100, 320}, {true, 2, false, 500, 160}}, "12"},
		{"flash is no key", []step{{true, 16, false, 100, 160}, {true, 255, false, 900, 160}}, ""},
		{"letters", []step{{true, 12, false, 100, 160}, {true, 15, false, 900, 160}}, "AD"},
	} {
		var ear toneEar
		var got []byte
		for _, s := range test.steps {
			if key, _ := ear.hear(packet(s.marker, s.event, s.end, s.timestamp, s.duration)); key != 0 {
				got = append(got, key)
			}
		}
		if string(got) != test.want {
			t.Errorf("%s: told %q, want %q", test.name, got, test.want)
		}
	}
	var ear toneEar
	if key, sounding := ear.hear(header{}, []byte{1, 0, 0}); key != 0 || sounding {
		t.Error("a cut event is told")
	}
}
