package rtp

import (
	"bytes"
	"testing"
)

func TestParseFindsThePayload(t *testing.T) {
	fixed := func(first, second byte, rest ...byte) []byte {
		return append([]byte{first, second, 0x12, 0x34, 0, 0, 0, 9, 1, 2, 3, 4}, rest...)
	}
	for _, test := range []struct {
		name   string
		packet []byte
		want   string
		ok     bool
	}{
		{"plain", fixed(0x80, 0, 'a', 'b'), "ab", true},
		{"empty payload", fixed(0x80, 0), "", true},
		{"padding", fixed(0xa0, 0, 'a', 0, 2), "a", true},
		{"padding only", fixed(0xa0, 0, 0, 2), "", true},
		{"one source", fixed(0x81, 0, 5, 5, 5, 5, 'a'), "a", true},
		{"extension", fixed(0x90, 0, 0xbe, 0xde, 0, 1, 7, 7, 7, 7, 'a'), "a", true},
		{"extension of no words", fixed(0x90, 0, 0xbe, 0xde, 0, 0, 'a'), "a", true},
		{"source, extension and padding", fixed(0xb1, 0, 5, 5, 5, 5, 0, 0, 0, 1, 7, 7, 7, 7, 'a', 1), "a", true},
		{"nothing", nil, "", false},
		{"short", fixed(0x80, 0)[:11], "", false},
		{"version 1", fixed(0x40, 0, 'a'), "", false},
		{"sources missing", fixed(0x82, 0, 5, 5, 5, 5), "", false},
		{"extension cut", fixed(0x90, 0, 0xbe, 0xde), "", false},
		{"extension too long", fixed(0x90, 0, 0xbe, 0xde, 0, 9, 7), "", false},
		{"padding of nothing", fixed(0xa0, 0, 'a', 0), "", false},
		{"padding into the header", fixed(0xa0, 0, 'a', 3), "", false},
	} {
		h, payload, ok := parse(test.packet)
		if ok != test.ok || string(payload) != test.want {
			t.Errorf("%s: %q, %v", test.name, payload, ok)
		}
		if ok && (h.sequence != 0x1234 || h.timestamp != 9 || h.ssrc != 0x01020304) {
			t.Errorf("%s: %+v", test.name, h)
		}
	}
}

func TestHeaderComesBack(t *testing.T) {
	want := header{marker: true, payloadType: 101, sequence: 65535, timestamp: 1<<32 - 1, ssrc: 0xdeadbeef}
	var packet [headerSize]byte
	want.put(packet[:])
	if got, payload, ok := parse(packet[:]); got != want || len(payload) != 0 || !ok {
		t.Errorf("%+v, %d bytes, %v", got, len(payload), ok)
	}
}

func TestReportComesBack(t *testing.T) {
	name := [cnameSize]byte{'n'}
	want := report{ssrc: 5, fractionLost: 7, lost: -3, highest: 70000, jitter: 40, lastReport: 0x11223344, delay: 65536}
	var packet [128]byte
	for _, test := range []struct {
		name string
		s    *sending
		r    *report
	}{
		{"sender", &sending{ntp: 0x1111222233334444, timestamp: 1, packets: 2, octets: 3}, &want},
		{"receiver", nil, &want},
		{"sender that hears nobody", &sending{ntp: 0x1111222233334444}, nil},
		{"neither", nil, nil},
	} {
		n := putReport(packet[:], 9, name, test.s, test.r)
		n += putGoodbye(packet[n:], 9)
		f, ok := parseRTCP(packet[:n], 5)
		if !ok || f.from != 9 || !f.bye || f.heard != (test.r != nil) {
			t.Errorf("%s: %+v, %v", test.name, f, ok)
		}
		if test.r != nil && f.about != want {
			t.Errorf("%s: %+v", test.name, f.about)
		}
		if test.s != nil && f.sendTime != 0x22223333 {
			t.Errorf("%s: time %#x", test.name, f.sendTime)
		}
		if _, ok := parseRTCP(packet[:n-1], 5); ok {
			t.Errorf("%s: a cut packet is accepted", test.name)
		}
		if f, _ := parseRTCP(packet[:n], 6); f.heard {
			t.Errorf("%s: a report about somebody else is taken for ours", test.name)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte{0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 'a'})
	f.Add([]byte{0xb1, 0x80, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5, 5, 5, 5, 0, 0, 0, 1, 7, 7, 7, 7, 'a', 1})
	f.Fuzz(func(t *testing.T, packet []byte) {
		before := bytes.Clone(packet)
		h, payload, ok := parse(packet)
		if !bytes.Equal(before, packet) {
			t.Fatal("the packet was changed")
		}
		if !ok {
			if payload != nil || h != (header{}) {
				t.Fatal("something was returned for what is no RTP")
			}
			return
		}
		again := make([]byte, headerSize)
		h.put(again)
		if got, _, ok := parse(append(again, payload...)); !ok || got != h {
			t.Fatalf("%+v comes back as %+v", h, got)
		}
	})
}

func FuzzParseRTCP(f *testing.F) {
	var packet [160]byte
	n := putReport(packet[:], 9, [cnameSize]byte{}, &sending{}, &report{ssrc: 5})
	f.Add(bytes.Clone(packet[:n]), uint32(5))
	n += putVoIP(packet[n:], 9, &voipMetrics{ssrc: 5})
	f.Add(bytes.Clone(packet[:n]), uint32(5))
	f.Add([]byte{0x81, 201, 0, 1, 0, 0, 0, 9}, uint32(5))
	f.Fuzz(func(t *testing.T, packet []byte, ours uint32) {
		if got, ok := parseRTCP(packet, ours); ok && got.heard && got.about.ssrc != ours {
			t.Fatalf("%+v is not about %d", got, ours)
		}
	})
}
