package soundfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// mp3Header is the header of a frame (ISO/IEC 11172-3 §2.4.1.3): eleven set bits,
// version, layer, protection, bit rate, sample rate, padding, mode.
type mp3Header uint32

// The versions, as the header has them.
const (
	mpeg25 = 0 // an extension to 8, 11.025 and 12 kHz that no standard has
	mpeg2  = 2 // ISO/IEC 13818-3: 16, 22.05 and 24 kHz
	mpeg1  = 3 // ISO/IEC 11172-3: 32, 44.1 and 48 kHz
)

func mp3HeaderOf(b []byte) mp3Header { return mp3Header(binary.BigEndian.Uint32(b)) }

func (h mp3Header) version() int { return int(h >> 19 & 3) }
func (h mp3Header) mono() bool   { return h>>6&3 == 3 }

// valid reports whether this begins a frame of layer III.
func (h mp3Header) valid() bool {
	const layer3, reserved = 1, 1
	return h>>21 == 0x7FF && h.version() != reserved && h>>17&3 == layer3 &&
		h>>12&15 != 15 && h>>10&3 != 3 && h&3 != 2
}

// alike reports whether two frames may follow each other.
func (h mp3Header) alike(next mp3Header) bool {
	const same = 0xFFFE0C00 // sync, version, layer, sample rate
	return next.valid() && h&same == next&same
}

// rate returns the sample rate in Hz.
func (h mp3Header) rate() int {
	rate := [...]int{44_100, 48_000, 32_000}[h>>10&3]
	switch h.version() {
	case mpeg2:
		return rate / 2
	case mpeg25:
		return rate / 4
	}
	return rate
}

// samples returns how many samples a frame has of each channel.
func (h mp3Header) samples() int {
	if h.version() == mpeg1 {
		return 1152
	}
	return 576
}

// size returns the frame's size in bytes; 0 for the free format, which leaves it
// unsaid.
func (h mp3Header) size() int {
	kilobits := [...]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}
	if h.version() == mpeg1 {
		kilobits = [...]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	}
	rate := kilobits[h>>12&15] * 1000
	if rate == 0 {
		return 0
	}
	return h.samples()/8*rate/h.rate() + int(h>>9&1)
}

// sideInfo returns the size of what follows the header and its checksum, in bytes
// (§2.4.1.7).
func (h mp3Header) sideInfo() int {
	switch {
	case h.version() == mpeg1 && !h.mono():
		return 32
	case h.version() != mpeg1 && h.mono():
		return 9
	}
	return 17
}

// refusal says why a stream of such frames is not decoded; nil if it is.
func (h mp3Header) refusal() error {
	switch {
	case h.version() == mpeg25:
		return fmt.Errorf("MP3 of %d Hz (MPEG 2.5) is not read: convert it to 16,000 Hz or more, or to WAV", h.rate())
	case h.size() == 0:
		return errors.New("MP3 in the free format is not read: encode it with a bit rate")
	}
	return nil
}

// mp3Info is what an encoder writes in place of a first frame: how long the file
// is, and how much of it is not sound (the tags of Xing and LAME).
type mp3Info struct {
	frames int64 // that follow; 0: unknown
	before int64 // samples to drop before the sound
	after  int64 // and after it
}

// decoderDelay is how much a decoder of layer III lags, in samples: its filters
// need 528, and one.
const decoderDelay = 529

// mp3InfoOf reads the tag of a first frame; false where it has none, and is sound.
func mp3InfoOf(h mp3Header, frame []byte) (info mp3Info, found bool) {
	const checksum = 2 // which LAME forgets
	at := 4 + h.sideInfo()
	for range 2 {
		if at+8 <= len(frame) && (string(frame[at:at+4]) == "Xing" || string(frame[at:at+4]) == "Info") {
			return mp3InfoIn(frame[at+4:]), true
		}
		at += checksum
	}
	return info, false
}

// mp3InfoIn reads a tag behind its name.
func mp3InfoIn(tag []byte) (info mp3Info) {
	flags := binary.BigEndian.Uint32(tag)
	tag = tag[4:]
	if flags&1 != 0 && len(tag) >= 4 {
		info.frames = int64(binary.BigEndian.Uint32(tag))
	}
	fields := 0 // frames, bytes, table, quality: as many bytes as these have
	for bit, size := range [...]int{4, 4, 100, 4} {
		if flags>>bit&1 != 0 {
			fields += size
		}
	}
	const delays = 21 // where LAME's tag has two numbers of 12 bits
	if tag = tag[min(len(tag), fields):]; len(tag) >= delays+3 && (bytes.HasPrefix(tag, []byte("LAME")) || bytes.HasPrefix(tag, []byte("Lav"))) {
		both := int64(tag[delays])<<16 | int64(tag[delays+1])<<8 | int64(tag[delays+2])
		info.before, info.after = both>>12+decoderDelay, both&0xFFF-decoderDelay
	}
	return info
}
