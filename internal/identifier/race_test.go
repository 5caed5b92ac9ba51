//go:build race

package identifier

// uninlined is what a GUID may allocate more: with the race detector the function that
// appends it is not inlined.
const uninlined = 1
