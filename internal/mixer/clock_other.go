//go:build !linux

package mixer

import "time"

func newClock(bool) clock { return goClock{time.Now()} }

func beExact() {}

func raisePriority() string { return "normal" }
