//go:build !race

package rtp

const poolAllocations = 0
