//go:build race

package sfu

// poolAllocations is what a packet may allocate: with the race detector a sync.Pool, in
// which packets wait, forgets things at random.
const poolAllocations = 8
