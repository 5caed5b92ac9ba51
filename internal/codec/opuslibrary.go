//go:build linux && (amd64 || arm64) && !noopus

package codec

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// opusFunctions are those of libopus that are used; their names are its own
// (opus_encoder.h, opus_decoder.h).
type opusFunctions struct {
	encoderSize, encoderInit, encoderControl, encode uintptr
	decoderSize, decoderInit, decode                 uintptr
}

// openOpus loads the library when it is first asked for, and keeps it.
var openOpus = sync.OnceValues(func() (*opusFunctions, error) {
	library, err := purego.Dlopen("libopus.so.0", purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, errors.New("libopus.so.0 cannot be opened: install it (sudo apt-get install libopus0)")
	}
	var f opusFunctions
	for name, into := range map[string]*uintptr{
		"opus_encoder_get_size": &f.encoderSize, "opus_encoder_init": &f.encoderInit,
		"opus_encoder_ctl": &f.encoderControl, "opus_encode": &f.encode,
		"opus_decoder_get_size": &f.decoderSize, "opus_decoder_init": &f.decoderInit, "opus_decode": &f.decode,
	} {
		if *into, err = purego.Dlsym(library, name); err != nil {
			return nil, fmt.Errorf("libopus.so.0 lacks %s: it is damaged, or something else", name)
		}
	}
	return &f, nil
})

// OpusBuilt says whether this program could use libopus at all.
const OpusBuilt = true

// OpusMissing says why Opus cannot be used here, and what helps; nil if it can.
func OpusMissing() error {
	_, err := openOpus()
	return err
}

// Settings of the encoder (opus_defines.h).
const (
	opusVoIP          = 2048
	opusSetBitRate    = 4002
	opusSetVBR        = 4006
	opusSetComplexity = 4010
	opusSetInbandFEC  = 4012
	opusSetLoss       = 4014

	opusComplexity = 5
	opusBitRate    = 24000 // RFC 7587 §3.1.1: 16 to 20 kbit/s for wideband speech, and some for redundancy
	opusUsualLoss  = 10    // per cent that redundancy is made for, of a peer that tells nothing
	opusMostLoss   = 25    // and at most
	opusLeastBits  = 6000
)

// opusState is an encoder's or decoder's memory, which libopus would otherwise
// take from the C heap: so the garbage collector knows of it and nobody need free
// it. libopus keeps no pointer into it between calls. The library reads and writes
// these arrays alone, whose addresses never change, since what a caller hands over
// may lie on a stack that moves.
type opusState struct {
	library   *opusFunctions
	memory    []uint64
	pcm       [opusLongestSamples]int16
	payload   [opusMostBytes]byte
	arguments [6]uintptr // an array of its own: none need be allocated for a call
}

const (
	opusLongestSamples = OpusLongest / 3 // at 16 kHz
	opusMostBytes      = 1276            // RFC 6716 §3.2.1: the longest frame, and the byte before it
)

// newOpusState takes memory, by the function that tells how much.
func newOpusState(size func(*opusFunctions) uintptr) *opusState {
	library, err := openOpus()
	if err != nil {
		return nil
	}
	bytes, _, _ := purego.SyscallN(size(library), 1)
	return &opusState{library: library, memory: make([]uint64, (int(bytes)+7)/8)}
}

// call calls the library with the state and n more arguments.
func (s *opusState) call(function uintptr, n int) int {
	s.arguments[0] = uintptr(unsafe.Pointer(&s.memory[0]))
	result, _, _ := purego.SyscallN(function, s.arguments[:n+1]...)
	runtime.KeepAlive(s)
	return int(int32(result))
}

type opusEncoder struct{ opusState }

func newOpusEncoder() Encoder {
	state := newOpusState(func(f *opusFunctions) uintptr { return f.encoderSize })
	if state == nil {
		return nil
	}
	e := &opusEncoder{*state}
	e.arguments[1], e.arguments[2], e.arguments[3] = uintptr(Opus.SampleRate), 1, opusVoIP
	if e.call(e.library.encoderInit, 3) != 0 {
		return nil
	}
	e.control(opusSetComplexity, opusComplexity)
	e.control(opusSetBitRate, opusBitRate)
	return e
}

func (e *opusEncoder) control(what, value int) {
	e.arguments[1], e.arguments[2] = uintptr(what), uintptr(value)
	e.call(e.library.encoderControl, 2)
}

// Oblige implements Obliging.
func (e *opusEncoder) Oblige(w Wishes) {
	if w.BitRate > 0 {
		e.control(opusSetBitRate, min(max(w.BitRate, opusLeastBits), opusBitRate))
	}
	if w.Constant {
		e.control(opusSetVBR, 0)
	}
	if w.Redundant {
		e.Protect(opusUsualLoss)
	}
}

// Protect implements Protecting.
func (e *opusEncoder) Protect(lost int) {
	e.control(opusSetInbandFEC, min(lost, 1))
	e.control(opusSetLoss, min(lost, opusMostLoss))
}

// Encode implements Encoder: 10, 20, 40 or 60 ms at 16 kHz. It returns 0 for
// other lengths.
func (e *opusEncoder) Encode(dst []byte, pcm []int16) int {
	n := copy(e.pcm[:], pcm)
	e.arguments[1], e.arguments[2] = uintptr(unsafe.Pointer(&e.pcm)), uintptr(n)
	e.arguments[3], e.arguments[4] = uintptr(unsafe.Pointer(&e.payload)), uintptr(min(len(dst), len(e.payload)))
	size := e.call(e.library.encode, 4)
	return copy(dst, e.payload[:max(size, 0)])
}

type opusDecoder struct{ opusState }

func newOpusDecoder() Decoder {
	state := newOpusState(func(f *opusFunctions) uintptr { return f.decoderSize })
	if state == nil {
		return nil
	}
	d := &opusDecoder{*state}
	if !d.init() {
		return nil
	}
	return d
}

func (d *opusDecoder) init() bool {
	d.arguments[1], d.arguments[2] = uintptr(Opus.SampleRate), 1
	return d.call(d.library.decoderInit, 2) == 0
}

// Reset implements Resetter.
func (d *opusDecoder) Reset() { d.init() }

// Decode implements Decoder. What is no Opus gives no sound.
func (d *opusDecoder) Decode(dst []int16, payload []byte) int {
	if len(payload) == 0 || len(payload) > len(d.payload) {
		return 0
	}
	return copy(dst, d.pcm[:d.decode(payload, len(d.pcm), false)])
}

// Conceal implements Concealer.
func (d *opusDecoder) Conceal(dst []int16, following []byte) bool {
	const step = 40 // 2.5 ms
	if len(dst)%step != 0 || len(dst) > len(d.pcm) || len(following) > len(d.payload) {
		return false
	}
	return copy(dst, d.pcm[:d.decode(following, len(dst), following != nil)]) == len(dst)
}

// decode fills pcm with at most n samples and returns how many they are. No
// payload is a lost one; redundant asks for what the payload says of the one before.
func (d *opusDecoder) decode(payload []byte, n int, redundant bool) int {
	d.arguments[1], d.arguments[2] = 0, 0
	if payload != nil {
		d.arguments[1], d.arguments[2] = uintptr(unsafe.Pointer(&d.payload)), uintptr(copy(d.payload[:], payload))
	}
	d.arguments[3], d.arguments[4], d.arguments[5] = uintptr(unsafe.Pointer(&d.pcm)), uintptr(n), 0
	if redundant {
		d.arguments[5] = 1
	}
	return min(max(d.call(d.library.decode, 5), 0), n)
}
