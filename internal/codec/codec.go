// Package codec turns frames into RTP payloads and back. It owns the list of
// codecs that Switchhook speaks: G.711 in both laws, by tables (ITU-T G.711),
// G.722 at 64 kbit/s (ITU-T G.722), and Opus (RFC 6716), if the system has its
// library. Names, clock rates and static payload types are those of RFC 3551 §6.
package codec

import "strings"

// Dynamic is the payload type of a codec that has no static one: the offer and
// answer choose a number from 96 to 127.
const Dynamic uint8 = 255

// MaxPayload is the most bytes that 20 ms of any codec take here.
const MaxPayload = 320

// Codec says how sound travels in RTP. Values are comparable.
type Codec struct {
	Name        string // the encoding name of SDP's rtpmap
	ClockRate   int    // of RTP timestamps, in Hz
	SampleRate  int    // of the sound, in Hz; G.722's differs from its clock (RFC 3551 §4.5.2)
	PayloadType uint8  // the static one of RFC 3551, or Dynamic
}

// The codecs.
var (
	PCMU = Codec{Name: "PCMU", ClockRate: 8000, SampleRate: 8000, PayloadType: 0}
	PCMA = Codec{Name: "PCMA", ClockRate: 8000, SampleRate: 8000, PayloadType: 8}
	G722 = Codec{Name: "G722", ClockRate: 8000, SampleRate: 16000, PayloadType: 9}
)

// All lists the codecs that are always there, in the order in which we like them.
var All = []Codec{G722, PCMA, PCMU}

// known are all codecs, those that may be missing too.
var known = append(All[:len(All):len(All)], Opus)

// byName finds a codec by the encoding name and the clock rate of an rtpmap.
// Case does not count (RFC 4855 §3).
func byName(name string, clockRate int) (Codec, bool) {
	for _, c := range known {
		if c.ClockRate == clockRate && strings.EqualFold(c.Name, name) {
			return c, true
		}
	}
	return Codec{}, false
}

// Named finds the codec that has an encoding name, in any case. It returns false
// for one that is unknown or missing here.
func Named(name string) (Codec, bool) {
	for _, c := range known {
		if strings.EqualFold(c.Name, name) {
			return c, c.usable()
		}
	}
	return Codec{}, false
}

// Valid reports whether c is one of the codecs of this package and can be used here.
func (c Codec) Valid() bool {
	known, found := byName(c.Name, c.ClockRate)
	return found && known.SampleRate == c.SampleRate && c.usable()
}

// usable reports whether the system has what the codec needs.
func (c Codec) usable() bool { return c.Name != Opus.Name || OpusMissing() == nil }

// Samples returns the samples of 20 ms of sound.
func (c Codec) Samples() int { return c.SampleRate / 50 }

// Ticks returns the RTP timestamp units of 20 ms.
func (c Codec) Ticks() int { return c.ClockRate / 50 }

// Duration returns how many RTP timestamp units a payload lasts; 0 for one that
// cannot be taken.
func (c Codec) Duration(payload []byte) int {
	if c.Name == Opus.Name {
		return opusDuration(payload)
	}
	return len(payload)
}

// Encoder makes payloads of one stream, in order. It may keep state.
type Encoder interface {
	// Encode writes the payload of pcm into dst, which must have room for it
	// (MaxPayload for 20 ms), and returns its length. It does not allocate.
	Encode(dst []byte, pcm []int16) int
}

// Decoder takes payloads of one stream, in order. It may keep state.
type Decoder interface {
	// Decode writes the sound of a payload into dst, as much as there is room
	// for, and returns the number of samples. It does not allocate.
	Decode(dst []int16, payload []byte) int
}

// Resetter is a Decoder with state. Reset makes it ready for payloads of an encoder
// that begins anew. It does not allocate.
type Resetter interface{ Reset() }

// NewEncoder returns an encoder for one stream, nil for a codec that is not Valid.
func (c Codec) NewEncoder() Encoder {
	switch c.Name {
	case PCMU.Name:
		return muLaw{}
	case PCMA.Name:
		return aLaw{}
	case G722.Name:
		return newG722Encoder()
	case Opus.Name:
		return newOpusEncoder()
	}
	return nil
}

// NewDecoder returns a decoder for one stream, nil for a codec that is not Valid.
func (c Codec) NewDecoder() Decoder {
	switch c.Name {
	case PCMU.Name:
		return muLaw{}
	case PCMA.Name:
		return aLaw{}
	case G722.Name:
		return newG722Decoder()
	case Opus.Name:
		return newOpusDecoder()
	}
	return nil
}
