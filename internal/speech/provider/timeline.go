package provider

import (
	"encoding/binary"
	"time"
)

// timeline translates the time of a service, which counts the sound that it was sent,
// into the speaker's, in which there are pauses too.
type timeline struct {
	rate  int
	sent  int // samples
	marks []mark
}

// mark is where sound begins that does not follow what was sent before it.
type mark struct{ sent, offset time.Duration }

// maxMarks bounds the utterances of which results may still come.
const maxMarks = 64

// wrote notes that samples are sent, and where they begin.
func (t *timeline) wrote(offset time.Duration, samples int) {
	sent := t.position()
	if n := len(t.marks); n == 0 || t.marks[n-1].offset+sent-t.marks[n-1].sent != offset {
		if n == maxMarks {
			t.marks = append(t.marks[:0], t.marks[1:]...)
		}
		t.marks = append(t.marks, mark{sent, offset})
	}
	t.sent += samples
}

// position is how much was sent.
func (t *timeline) position() time.Duration {
	return time.Duration(t.sent) * time.Second / time.Duration(t.rate)
}

// at is the speaker's time of the service's.
func (t *timeline) at(d time.Duration) time.Duration {
	found := mark{}
	for _, m := range t.marks {
		if m.sent > d {
			break
		}
		found = m
	}
	return found.offset + d - found.sent
}

// appendPCM appends samples as 16-bit little-endian.
func appendPCM(dst []byte, samples []int16) []byte {
	for _, s := range samples {
		dst = binary.LittleEndian.AppendUint16(dst, uint16(s))
	}
	return dst
}
