//go:build !race

package streaming

const detectorAllocations = 0
