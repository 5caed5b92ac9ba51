//go:build !linux

package main

// scheduling says that this system offers no way that we use.
func scheduling() finding {
	return finding{stateNote, "scheduling: real time is used on Linux alone", "sound may stutter on a saturated machine"}
}
