package rtp

// longestStep is the greatest difference between neighbouring samples: a click
// is longer than anything that a smooth tone has.
func longestStep(samples []int16) int {
	longest := 0
	for i := 1; i < len(samples); i++ {
		longest = max(longest, int(samples[i])-int(samples[i-1]), int(samples[i-1])-int(samples[i]))
	}
	return longest
}
