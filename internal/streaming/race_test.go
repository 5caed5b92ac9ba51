//go:build race

package streaming

// detectorAllocations is what a frame may allocate: with the race detector some of what
// lies on the stack without it escapes.
const detectorAllocations = 1
