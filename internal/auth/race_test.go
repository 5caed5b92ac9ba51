//go:build race

package auth

// poolAllocations is what a signature may allocate: with the race detector a sync.Pool
// forgets things at random.
const poolAllocations = 8
