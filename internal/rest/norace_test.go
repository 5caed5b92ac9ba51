//go:build !race

package rest

const poolAllocations = 0
