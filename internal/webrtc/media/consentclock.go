package media

import (
	"sync"
	"time"
)

// consentTick is how often the clock looks who has to be asked.
const consentTick = 100 * time.Millisecond

// consentClock has one timer for the consents of all connections. It stands still while
// there are none.
type consentClock struct {
	mu    sync.Mutex // held around memory
	all   map[*consent]struct{}
	timer *time.Timer // nil: it stands still
}

func (k *consentClock) add(c *consent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.all == nil {
		k.all = make(map[*consent]struct{})
	}
	k.all[c] = struct{}{}
	if k.timer == nil {
		k.timer = time.AfterFunc(consentTick, k.tick)
	}
}

func (k *consentClock) remove(c *consent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if delete(k.all, c); len(k.all) == 0 && k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
}

func (k *consentClock) tick() {
	now := time.Now()
	var due []*consent
	k.mu.Lock()
	for c := range k.all {
		if c.isDue(now) {
			due = append(due, c)
		}
	}
	k.mu.Unlock()
	for _, c := range due {
		c.tick(now)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.timer != nil {
		k.timer.Reset(consentTick)
	}
}
