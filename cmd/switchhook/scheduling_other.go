//go:build !linux

package main

// scheduling says that this system offers no way that we use.
func scheduling() finding {
	return finding{stateNote, "scheduling: threads of sound come first on Linux alone", "sound may stutter on a saturated machine"}
}
