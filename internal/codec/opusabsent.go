//go:build !linux || !(amd64 || arm64) || noopus

package codec

import "errors"

// OpusBuilt says whether this program could use libopus at all.
const OpusBuilt = false

// OpusMissing says why Opus cannot be used here, and what helps; nil if it can.
func OpusMissing() error {
	return errors.New("this program was built without Opus: build it for Linux on amd64 or arm64, without the tag noopus")
}

func newOpusEncoder() Encoder { return nil }
func newOpusDecoder() Decoder { return nil }
