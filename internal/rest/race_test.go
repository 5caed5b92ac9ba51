//go:build race

package rest

// poolAllocations is what a request may allocate more: with the race detector a sync.Pool
// forgets things at random.
const poolAllocations = 10
