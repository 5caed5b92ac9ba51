package soundfile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
)

// opusReader is an Opus file: the packets of a stream of Ogg (RFC 7845), decoded
// at 16 kHz, which is what calls have at most.
type opusReader struct {
	ogg     oggReader
	decoder codec.Decoder
	bound   bound
	gain    float32
	skip    int64 // samples to drop before the sound
	decoded int64 // samples of the stream so far, those dropped included

	sound  []int16 // decoded, not read yet
	buffer [opusPacket]int16
	cut    opusCut
}

const (
	opusRate   = 16_000
	opusPacket = opusRate * 120 / 1000 // RFC 6716 §3.4: a packet has 120 ms at most
	perSample  = 48_000 / opusRate     // units of Ogg's positions
)

func openOpus(in *bufio.Reader, limit time.Duration) (*opusReader, error) {
	o := &opusReader{ogg: oggReader{in: in}, bound: newBound(limit, opusRate)}
	head, err := o.ogg.next()
	switch {
	case err == io.EOF:
		return nil, errors.New("the Ogg file ends before its sound")
	case err != nil:
		return nil, err
	case !bytes.HasPrefix(head, []byte("OpusHead")):
		return nil, errors.New("the Ogg file holds no Opus, which alone is read")
	}
	if err := o.readHead(head); err != nil {
		return nil, err
	}
	if _, err := o.ogg.next(); err != nil && err != io.EOF { // the comments
		return nil, err
	}
	if err := codec.OpusMissing(); err != nil {
		return nil, fmt.Errorf("an Opus file needs libopus here: %w", err)
	}
	o.decoder = codec.Opus.NewDecoder()
	return o, nil
}

// readHead reads the identification header (RFC 7845 §5.1).
func (o *opusReader) readHead(head []byte) error {
	const size = 19
	switch {
	case len(head) < size:
		return fmt.Errorf("the Opus file's header has %d bytes, %d are needed", len(head), size)
	case head[8]&0xF0 != 0:
		return fmt.Errorf("the Opus file's version is %d; below 16 are read", head[8])
	case head[18] != 0:
		return fmt.Errorf("the Opus file has %d channels (mapping family %d); one or two are read", head[9], head[18])
	}
	o.skip = int64(binary.LittleEndian.Uint16(head[10:])) / perSample
	o.gain = float32(math.Pow(10, float64(int16(binary.LittleEndian.Uint16(head[16:])))/256/20))
	return nil
}

// Rate implements audio.Decoder.
func (o *opusReader) Rate() int { return opusRate }

// Duration implements Reader. Only the last page tells.
func (o *opusReader) Duration(int64) (time.Duration, bool) { return 0, false }

// Read implements audio.Decoder.
func (o *opusReader) Read(samples []int16) (int, error) {
	for len(o.sound) == 0 {
		if err := o.decode(); err != nil {
			return 0, err
		}
		if len(samples) == 0 {
			return 0, nil
		}
	}
	n := copy(samples, o.sound)
	o.sound = o.sound[n:]
	return n, o.bound.take(n)
}

// decode decodes the next packet.
func (o *opusReader) decode() error {
	packet, err := o.ogg.next()
	if err != nil {
		return err
	}
	n := 0
	for o.cut.open(packet); o.cut.next(); {
		n += o.decoder.Decode(o.buffer[n:], o.cut.frame())
	}
	o.decoded += int64(n)
	o.sound = o.buffer[:n]
	if over := o.decoded - o.ogg.granule/perSample; o.ogg.last && over > 0 { // RFC 7845 §4.4: the end is trimmed
		o.sound = o.sound[:max(0, int64(n)-over)]
	}
	dropped := min(o.skip, int64(len(o.sound)))
	o.skip -= dropped
	o.sound = o.sound[dropped:]
	if o.gain != 1 {
		for i, s := range o.sound {
			o.sound[i] = int16(max(math.MinInt16, min(math.MaxInt16, float32(s)*o.gain)))
		}
	}
	return nil
}
