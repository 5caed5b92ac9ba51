//go:build !race

package codec

const poolAllocations = 0
