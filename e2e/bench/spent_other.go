//go:build !unix

package main

import "time"

// spent is the processor time that this process has taken; unknown on this system.
func spent() time.Duration { return 0 }
