// Package watchdog ends work that stands still: a process that hangs, an upload that
// nobody takes. It has a goroutine for each piece of work that it watches.
package watchdog

import (
	"sync/atomic"
	"time"
)

// Watch looks at a count of what the work has moved every time that stall has passed. It
// calls end if the count is the same as at the last look, and looks no more. Whoever works
// calls stop when the work has ended, which returns when the watchdog is gone.
func Watch(stall time.Duration, moved *atomic.Int64, end func()) (stop func()) {
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		ticker := time.NewTicker(stall)
		defer ticker.Stop()
		for before := int64(-1); ; {
			select {
			case <-ticker.C:
			case <-over:
				return
			}
			now := moved.Load()
			if now == before {
				end()
				return
			}
			before = now
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}
