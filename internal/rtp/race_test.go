//go:build race

package rtp

// poolAllocations is what a call into libopus may allocate: with the race detector a
// sync.Pool, in which its arguments live, forgets things at random.
const poolAllocations = 4
