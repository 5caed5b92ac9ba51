package siptest

import "math"

// Sine returns a sine at half of full scale, at 8 kHz.
func Sine(frequency float64, milliseconds int) []int16 { return sine(8000, frequency, milliseconds) }

func sine(rate int, frequency float64, milliseconds int) []int16 {
	samples := make([]int16, rate/1000*milliseconds)
	for i := range samples {
		samples[i] = int16(16000 * math.Sin(2*math.Pi*frequency*float64(i)/float64(rate)))
	}
	return samples
}

// Level returns how much of the energy of 8 kHz sound lies at a frequency, 0 to 1
// (Goertzel). A pure tone gives nearly 1, silence and other tones nearly 0.
func Level(samples []int16, frequency float64) float64 { return level(samples, 8000, frequency) }

func level(samples []int16, rate int, frequency float64) float64 {
	var energy, s1, s2 float64
	turn := 2 * math.Cos(2*math.Pi*frequency/float64(rate))
	for _, sample := range samples {
		x := float64(sample)
		energy += x * x
		s1, s2 = x+turn*s1-s2, s1
	}
	if energy == 0 {
		return 0
	}
	return 2 * (s1*s1 + s2*s2 - turn*s1*s2) / (energy * float64(len(samples)))
}

// Seconds returns for how long a frequency was heard in 8 kHz sound, counted in
// windows of 100 ms that hold mostly that frequency.
func Seconds(samples []int16, frequency float64) float64 { return seconds(samples, 8000, frequency) }

func seconds(samples []int16, rate int, frequency float64) float64 {
	window := rate / 10
	windows := 0
	for at := 0; at+window <= len(samples); at += window {
		if level(samples[at:at+window], rate, frequency) > 0.8 {
			windows++
		}
	}
	return float64(windows) / 10
}

// expand decodes one sample of G.711: payload type 0 is µ-law, 8 is A-law.
func expand(payloadType, code byte) int16 {
	if payloadType == 0 {
		code = ^code
		magnitude := ((int(code&0x0f) << 3) + 0x84) << (code >> 4 & 7)
		if code&0x80 != 0 {
			return int16(0x84 - magnitude)
		}
		return int16(magnitude - 0x84)
	}
	code ^= 0x55
	magnitude := int(code&0x0f)<<4 + 8
	if segment := code >> 4 & 7; segment > 0 {
		magnitude = (magnitude + 0x100) << (segment - 1)
	}
	if code&0x80 == 0 {
		magnitude = -magnitude
	}
	return int16(magnitude)
}

// compress encodes one sample by searching the nearest code: slow, but surely
// the inverse of expand.
func compress(payloadType byte, sample int16) byte { return nearest[payloadType/8][uint16(sample)] }

var nearest = [2][65536]byte{inverse(0), inverse(8)}

func inverse(payloadType byte) (table [65536]byte) {
	var best [65536]int
	for i := range best {
		best[i] = math.MaxInt
	}
	for code := range 256 {
		value := int(expand(payloadType, byte(code)))
		for sample := max(value-1100, -32768); sample <= min(value+1100, 32767); sample++ {
			if distance := (sample - value) * (sample - value); distance < best[uint16(sample)] {
				best[uint16(sample)], table[uint16(sample)] = distance, byte(code)
			}
		}
	}
	return table
}
