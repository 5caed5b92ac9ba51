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
func newOpusState(size uintptr) *opusState {
	bytes, _, _ := purego.SyscallN(size, 1)
	return &opusState{memory: make([]uint64, (int(bytes)+7)/8)}
}

// call calls the library with the state and n more arguments.
func (s *opusState) call(function uintptr, n int) int {
	s.arguments[0] = uintptr(unsafe.Pointer(&s.memory[0]))
	result, _, _ := purego.SyscallN(function, s.arguments[:n+1]...)
	runtime.KeepAlive(s)
	return int(int32(result))
}
