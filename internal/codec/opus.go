package codec

// Opus is RFC 6716's codec as RFC 7587 packs it. The library libopus does the
// work (see opuslibrary.go); here it speaks and hears 16 kHz, which is what calls
// have at most.
var Opus = Codec{Name: "opus", ClockRate: 48000, SampleRate: 16000, PayloadType: Dynamic}

// OpusLongest is the longest packet of Opus that is taken, in RTP timestamp
// units: 60 ms, which is what a description must ask for (maxptime).
const OpusLongest = 60 * 48

// OpusDelay is how much of nothing an encoder that begins anew puts before the sound,
// in RTP timestamp units (RFC 7845 §4.2 calls it pre-skip; libopus's lookahead).
const OpusDelay = 312

// Costly reports whether encoding and decoding take so long that a thread which
// serves many calls must leave them to others.
func (c Codec) Costly() bool { return c.Name == Opus.Name }

// Whole reports whether a payload can be decoded, and a packet encoded, only in one
// piece. Of other codecs a byte is one unit of the RTP clock, and a payload can be
// cut between any two.
func (c Codec) Whole() bool { return c.Name == Opus.Name }

// Concealer is a Decoder that can make up what is missing before a payload.
type Concealer interface {
	// Conceal fills dst, which must be a multiple of 2.5 ms, with what a lost packet
	// may have said. following is the payload after it, which may hold some of it; nil
	// if that is unknown. It returns false if it cannot.
	Conceal(dst []int16, following []byte) bool
}

// Wishes are what a peer wants of our encoder (RFC 7587 §6.1).
type Wishes struct {
	Redundant bool // useinbandfec: each packet may hold the former one once more, roughly
	Constant  bool // cbr
	BitRate   int  // maxaveragebitrate; 0 leaves it to us
}

// Configurable is an Encoder that can heed Wishes, before its first payload.
type Configurable interface{ Configure(Wishes) }

// Protecting is an Encoder whose payloads can hold the former one once more, as far as its
// loss is worth it.
type Protecting interface {
	// Protect says how many per cent are being lost; 0 ends the protection.
	Protect(lost int)
}

// Suspendable is an Encoder that can do without its memory. Suspend gives that up: the next frame
// is the first of an encoder that begins anew, with the same wishes and protection.
type Suspendable interface{ Suspend() }

// opusDuration returns how long a packet of Opus lasts, at 48 kHz, by its first
// bytes (RFC 6716 §3.1 and §3.2); 0 for what is none, or lasts longer than we take.
func opusDuration(payload []byte) int {
	if len(payload) == 0 {
		return 0
	}
	frames := 1
	switch payload[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(payload) < 2 {
			return 0
		}
		frames = int(payload[1] & 0x3f)
	}
	if total := frames * opusFrame(payload[0]>>3); total <= OpusLongest {
		return total
	}
	return 0
}

// opusFrame returns the length of one frame of a configuration, at 48 kHz.
func opusFrame(configuration byte) int {
	const ms = 48
	switch {
	case configuration < 12: // SILK
		return [...]int{10 * ms, 20 * ms, 40 * ms, 60 * ms}[configuration%4]
	case configuration < 16: // both
		return [...]int{10 * ms, 20 * ms}[configuration%2]
	}
	return [...]int{5 * ms / 2, 5 * ms, 10 * ms, 20 * ms}[configuration%4] // CELT
}
