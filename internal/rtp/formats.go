package rtp

import (
	"github.com/switchhook/switchhook/internal/codec"
)

// maxFormats bounds the codecs that a stream can decode: as many as there are.
const maxFormats = 4

// format is a codec that the peer may send, with the decoder of its stream.
type format struct {
	codec     codec.Codec
	decoder   codec.Decoder
	concealer codec.Concealer // the decoder, if it conceals by itself
	whole     bool            // payloads are decoded in one piece
	delay     int             // samples of nothing that an encoder which begins anew puts first
}

// decoding is what a playout needs for the codecs that may come. It is made off
// the shard, since it allocates.
type decoding struct {
	formats []format
	room    *soundRoom   // what the samples of the others lie in
	conceal [2]concealer // for 8 and 16 kHz, where a codec has that rate
	decoded []int16      // room for the longest packet
	whole   []byte       // room for a payload that cannot be decoded in pieces; nil if all can
}

func newDecoding(codecs ...codec.Codec) *decoding {
	d := &decoding{formats: make([]format, 0, len(codecs))}
	room, rates := 0, [2]int{}
	for _, c := range codecs {
		f := format{codec: c, decoder: c.NewDecoder(), whole: c.Whole()}
		f.concealer, _ = f.decoder.(codec.Concealer)
		longest := maxPayload // a byte is a unit of the clock
		if f.whole {
			f.delay = codec.OpusDelay * c.SampleRate / c.ClockRate
			d.whole, longest = make([]byte, maxPayload), codec.OpusLongest
		}
		d.formats = append(d.formats, f)
		room = max(room, longest*c.SampleRate/c.ClockRate)
		rates[c.SampleRate/narrowRate-1] = c.SampleRate
	}
	d.room = takeRoom(room + concealerRoom(rates[0]) + concealerRoom(rates[1]))
	left := d.room.samples
	for i, rate := range rates {
		if rate != 0 {
			d.conceal[i] = concealerIn(cut(&left, concealerRoom(rate)), rate)
		}
	}
	d.decoded = cut(&left, room)
	return d
}

// narrowRate is the lower of the two rates of sound.
const narrowRate = 8000

// accept makes the playout ready for more codecs, and returns which of its formats
// each of them is. One that it knows goes on where it is: what waits of it will be
// heard. The first of the first ones is expected.
func (p *playout) accept(d *decoding) (indices [maxFormats]uint8) {
	for i, f := range d.formats {
		indices[i] = p.add(f)
	}
	if p.format == nil {
		p.format, p.clock, p.rate = &p.formats[0], p.formats[0].codec.ClockRate, p.formats[0].codec.SampleRate
		p.conceal, p.room = d.conceal[p.rate/narrowRate-1], d.room
		p.patience = patienceAt
		p.nextStream()
	}
	if other := d.conceal[2-p.rate/narrowRate]; p.other.rate == 0 && other.rate != 0 {
		p.other = other
	}
	if len(d.decoded) > len(p.decoded) {
		p.at, p.end = 0, copy(d.decoded, p.decoded[p.at:p.end])
		p.decoded = d.decoded
	}
	if p.whole == nil {
		p.whole = d.whole
	}
	return indices
}

// add finds a format, or adds it.
func (p *playout) add(f format) uint8 {
	for i := range p.known {
		if p.formats[i].codec == f.codec {
			return uint8(i)
		}
	}
	p.formats[p.known] = f
	p.known++
	return uint8(p.known - 1)
}

// samples returns the length of the next frame. If what comes next has another rate
// than what was played, the change takes place here, between two frames. What comes is
// blended into what was heard, since decoders delay by different times.
func (p *playout) samples() int {
	first := p.buffer.first()
	if first == nil || p.at < p.end || p.formats[first.format].codec.SampleRate == p.rate {
		return p.rate / 50
	}
	if p.started && int32(first.timestamp-p.next) <= 0 || !p.started && !p.fading {
		p.conceal, p.other = p.other, p.conceal
		p.conceal.take(&p.other)
		p.format = &p.formats[first.format]
		p.rate = p.format.codec.SampleRate
		p.reset()
	}
	return p.rate / 50
}

// turn changes to the format of the packet that is to be decoded next. It returns
// false within a frame of another rate.
func (p *playout) turn(to *format) bool {
	if to.codec.SampleRate != p.rate {
		return false
	}
	p.format = to
	p.reset()
	return true
}

// reset makes the decoder forget what it decoded before another had its turn. The
// peer's encoder has mostly begun anew, too.
func (p *playout) reset() {
	p.leading = p.format.delay
	if decoder, ok := p.format.decoder.(codec.Resetter); ok {
		decoder.Reset()
	}
}

// reclock restarts for a codec whose timestamps have another clock: they say nothing
// about those that came before (RFC 7160).
func (p *playout) reclock(clock int) {
	p.restart()
	p.clock = clock
}
