//go:build !linux

package doctor

// Scheduling says that this system offers no way that we use.
func Scheduling() Finding {
	return Finding{Note, "scheduling: threads of sound come first on Linux alone", "sound may stutter on a saturated machine"}
}
