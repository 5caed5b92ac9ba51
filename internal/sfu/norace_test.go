//go:build !race

package sfu

// poolAllocations is what a packet may allocate.
const poolAllocations = 0.5
