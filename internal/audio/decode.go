package audio

import "io"

// Decoder is a sound that is decoded while it arrives.
type Decoder interface {
	// Rate returns the sample rate in Hz, 4,000 to 192,000.
	Rate() int
	// Read fills samples with what comes next, mono, and returns how many there
	// were, with io.EOF after the last.
	Read(samples []int16) (int, error)
}

// DecodeAll decodes what is left of a sound and resamples it to a rate of 4 to
// 192 kHz. It holds no more in memory than its result.
func DecodeAll(d Decoder, rate int) ([]int16, error) {
	resampler, err := NewAlignedResampler(d.Rate(), rate)
	if err != nil {
		return nil, err
	}
	var all []int16
	block := make([]int16, wavBlockFrames)
	for {
		n, err := d.Read(block)
		if err == io.EOF {
			return resampler.Flush(all), nil
		}
		if err != nil {
			return nil, err
		}
		all = resampler.Append(all, block[:n])
	}
}
