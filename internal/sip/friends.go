package sip

import (
	"net/netip"
	"sync"
	"time"
)

const (
	friendFor  = 5 * time.Minute
	maxFriends = 4096
)

// friends are the UDP sources that have shown valid credentials a while ago: a
// trunk without a fixed address sends more than strangers may. Its requests for
// new calls still need credentials.
type friends struct {
	mu    sync.Mutex
	until map[netip.AddrPort]time.Time
}

// note remembers a source that has shown credentials now. Where too many have,
// the limits of strangers hold for the newest.
func (f *friends) note(from netip.AddrPort, now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, known := f.until[from]; !known && len(f.until) >= maxFriends {
		for other, until := range f.until {
			if !now.Before(until) {
				delete(f.until, other)
			}
		}
		if len(f.until) >= maxFriends {
			return
		}
	}
	if f.until == nil {
		f.until = make(map[netip.AddrPort]time.Time)
	}
	f.until[from] = now.Add(friendFor)
}

func (f *friends) knows(from netip.AddrPort, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.until[from])
}
