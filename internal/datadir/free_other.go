//go:build !linux

package datadir

import "math"

// Free is not known on this system.
func Free(string) (uint64, error) { return math.MaxUint64, nil }
