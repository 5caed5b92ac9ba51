//go:build !race

package auth

const poolAllocations = 0
