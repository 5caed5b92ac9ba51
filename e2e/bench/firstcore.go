package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// coreUse is what the server's core did in a while.
type coreUse struct {
	server, others time.Duration // processor time of the server, and of other programs on its core
	took           time.Duration
}

// String tells it in shares of the core. What others take the server cannot have.
func (u coreUse) String() string {
	return fmt.Sprintf("%.0f %% of its core, of which other programs took %.0f %%", percent(u.server, u.took), percent(u.others, u.took))
}

// watchCore measures what happens on the server's core until its result is asked for.
func (s *server) watchCore() (end func() (coreUse, error)) {
	began := time.Now()
	used, err := s.cpu()
	busy := firstCoreBusy()
	return func() (coreUse, error) {
		if err != nil {
			return coreUse{}, err
		}
		later, err := s.cpu()
		u := coreUse{server: later - used, took: time.Since(began)}
		u.others = max(0, firstCoreBusy()-busy-u.server)
		return u, err
	}
}

// firstCoreBusy is how long the first core has been in use; 0 where nobody tells.
func firstCoreBusy() (busy time.Duration) {
	text, _ := os.ReadFile("/proc/stat")
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) < 9 || fields[0] != "cpu0" {
			continue
		}
		for i, field := range fields[1:9] { // user, nice, system, idle, iowait, irq, softirq, steal
			if ticks, err := strconv.Atoi(field); err == nil && i != 3 && i != 4 {
				busy += time.Duration(ticks) * clockTick
			}
		}
	}
	return busy
}

// percent is the share of a core that was used.
func percent(used, of time.Duration) float64 { return 100 * used.Seconds() / of.Seconds() }
