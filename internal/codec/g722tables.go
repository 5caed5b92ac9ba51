package codec

// The tables of ITU-T G.722 §6.2. Indices that cannot occur hold zero.
var (
	// subBandTaps are one half of the quadrature mirror filter (table 11); the
	// other half is the same backwards.
	subBandTaps = [12]int32{3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11}

	// lowLevels are the decision levels of 60 intervals, by magnitude (table 14).
	lowLevels = [30]int32{
		0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650,
		714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
	}
	// lowOutput6 and lowOutput4 are the low band's output values: 6 bits for the
	// sound, 4 for the predictor, so that a network may steal the others.
	lowOutput6 = [64]int32{
		-136, -136, -136, -136, -24808, -21904, -19008, -16704,
		-14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
		-7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576,
		-3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
		24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192,
		10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
		4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032,
		1688, 1360, 1040, 728, 432, 136, -432, -136,
	}
	lowOutput4 = [16]int32{
		0, -20456, -12896, -8968, -6288, -4240, -2584, -1200,
		20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
	}
	// lowGrowth is what each 4-bit code adds to the logarithm of the step.
	lowGrowth = [16]int32{
		-60, 3042, 1198, 538, 334, 172, 58, -30,
		3042, 1198, 538, 334, 172, 58, -30, -60,
	}

	highOutput = [4]int32{-7408, -1616, 7408, 1616}
	highGrowth = [4]int32{798, -214, 798, -214}

	// steps are the step sizes by their logarithm, in 1/32 of an octave.
	steps = stepTable()
)

const (
	lowLogMax    = 18432 // the largest logarithms of a step, in 1/2048 of an octave
	highLogMax   = 22528
	lowLogOffset = highLogMax - lowLogMax // the bands reach the same largest step
	highLevel    = 564                    // the high band's only decision level
)

// octave holds 2048·2^(i/32), rounded down (table 12).
var octave = [32]int32{
	2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
	2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
}

func stepTable() (table [highLogMax/64 + 1]int32) {
	for i := range table {
		table[i] = octave[i%32] << 1 >> (highLogMax/2048 - i/32) << 2
	}
	return table
}

// lowCodes are the 6-bit codes of the intervals, of positive differences and of
// negative ones. Two of the codes below 4 never occur: a network that steals
// bits may make zeroes of them.
var lowCodes = func() (codes [2][30]byte) {
	for i := range 30 {
		codes[0][i] = byte(61 - i)
		codes[1][i] = byte(33 - i)
	}
	codes[1][0], codes[1][1] = 63, 62
	return codes
}()
