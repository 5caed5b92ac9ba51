//go:build !linux

package recording

import "math"

// free is not known on this system.
func (f folder) free() (uint64, error) { return math.MaxUint64, nil }
