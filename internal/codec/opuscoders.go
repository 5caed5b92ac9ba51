//go:build linux && (amd64 || arm64) && !noopus

package codec

import "unsafe"

// opusEncoder takes its memory, some 50 kB, for the first frame: many encode nothing,
// since what they would encode is encoded once for several.
type opusEncoder struct {
	library *opusFunctions
	wishes  Wishes
	lost    int        // per cent, that it protects against
	state   *opusState // nil: it begins with the next frame
}

func newOpusEncoder() Encoder {
	library, err := openOpus()
	if err != nil {
		return nil
	}
	return &opusEncoder{library: library}
}

// begin makes the encoder ready for a first frame. It cannot fail: the arguments are good.
func (e *opusEncoder) begin() {
	e.state = newOpusState(e.library.encoderSize)
	a := &e.state.arguments
	a[1], a[2], a[3] = uintptr(Opus.SampleRate), 1, opusVoIP
	e.state.call(e.library.encoderInit, 3)
	e.control(opusSetComplexity, opusComplexity)
	bits := opusBitRate
	if e.wishes.BitRate > 0 {
		bits = min(max(e.wishes.BitRate, opusLeastBits), opusBitRate)
	}
	e.control(opusSetBitRate, bits)
	if e.wishes.Constant {
		e.control(opusSetVBR, 0)
	}
	e.protect()
}

func (e *opusEncoder) control(what, value int) {
	e.state.arguments[1], e.state.arguments[2] = uintptr(what), uintptr(value)
	e.state.call(e.library.encoderControl, 2)
}

// Configure implements Configurable.
func (e *opusEncoder) Configure(w Wishes) {
	e.wishes, e.lost = w, 0
	if w.Redundant {
		e.lost = opusUsualLoss
	}
	e.Suspend()
}

// Protect implements Protecting.
func (e *opusEncoder) Protect(lost int) {
	if e.lost = lost; e.state != nil {
		e.protect()
	}
}

func (e *opusEncoder) protect() {
	e.control(opusSetInbandFEC, min(e.lost, 1))
	e.control(opusSetLoss, min(e.lost, opusMostLoss))
}

// Suspend implements Suspendable.
func (e *opusEncoder) Suspend() { e.state = nil }

// Encode implements Encoder: 10, 20, 40 or 60 ms at 16 kHz. It returns 0 for
// other lengths.
func (e *opusEncoder) Encode(dst []byte, pcm []int16) int {
	if e.state == nil {
		e.begin()
	}
	s := e.state
	n := copy(s.pcm[:], pcm)
	s.arguments[1], s.arguments[2] = uintptr(unsafe.Pointer(&s.pcm)), uintptr(n)
	s.arguments[3], s.arguments[4] = uintptr(unsafe.Pointer(&s.payload)), uintptr(min(len(dst), len(s.payload)))
	size := s.call(e.library.encode, 4)
	return copy(dst, s.payload[:max(size, 0)])
}

// opusDecoder takes its memory, some 25 kB, for the first payload: who only listens sends
// none.
type opusDecoder struct {
	library *opusFunctions
	state   *opusState // nil: nothing has come
}

func newOpusDecoder() Decoder {
	library, err := openOpus()
	if err != nil {
		return nil
	}
	return &opusDecoder{library: library}
}

// begin makes the decoder ready for a first payload. It cannot fail: the arguments are good.
func (d *opusDecoder) begin() {
	d.state = newOpusState(d.library.decoderSize)
	d.Reset()
}

// Reset implements Resetter.
func (d *opusDecoder) Reset() {
	if d.state != nil {
		d.state.arguments[1], d.state.arguments[2] = uintptr(Opus.SampleRate), 1
		d.state.call(d.library.decoderInit, 2)
	}
}

// Decode implements Decoder. What is no Opus gives no sound.
func (d *opusDecoder) Decode(dst []int16, payload []byte) int {
	if len(payload) == 0 || len(payload) > opusMostBytes {
		return 0
	}
	n := d.decode(payload, opusLongestSamples, false)
	return copy(dst, d.state.pcm[:n])
}

// Conceal implements Concealer.
func (d *opusDecoder) Conceal(dst []int16, following []byte) bool {
	const step = 40 // 2.5 ms
	if len(dst)%step != 0 || len(dst) > opusLongestSamples || len(following) > opusMostBytes {
		return false
	}
	n := d.decode(following, len(dst), following != nil)
	return copy(dst, d.state.pcm[:n]) == len(dst)
}

// decode fills the state's pcm with at most n samples and returns how many they are. No
// payload is a lost one; redundant asks for what the payload says of the one before.
func (d *opusDecoder) decode(payload []byte, n int, redundant bool) int {
	if d.state == nil {
		d.begin()
	}
	s := d.state
	s.arguments[1], s.arguments[2] = 0, 0
	if payload != nil {
		s.arguments[1], s.arguments[2] = uintptr(unsafe.Pointer(&s.payload)), uintptr(copy(s.payload[:], payload))
	}
	s.arguments[3], s.arguments[4], s.arguments[5] = uintptr(unsafe.Pointer(&s.pcm)), uintptr(n), 0
	if redundant {
		s.arguments[5] = 1
	}
	return min(max(s.call(d.library.decode, 5), 0), n)
}
