package registrar

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// TestGuessesOfOneSiteCountTogether is somebody who guesses from every subnet of an IPv6
// /48: each has its own bound, all of them have one, and the neighbours are not concerned.
func TestGuessesOfOneSiteCountTogether(t *testing.T) {
	l, now := NewLockout(), time.Now()
	owner := netip.MustParseAddr("2001:db8:1:ffff::1")
	l.Right("owner", owner, now)
	for n := range maxSiteFaults {
		l.Fault(fmt.Sprint("user", n), netip.MustParseAddr(fmt.Sprintf("2001:db8:1:%x::1", n)), now)
	}
	for address, locked := range map[string]bool{"2001:db8:1:abcd::1": true, "2001:db8:2::1": false, "192.0.2.1": false} {
		if wait := l.Wait("somebody", netip.MustParseAddr(address), now); (wait > 0) != locked {
			t.Errorf("%s waits %s", address, wait)
		}
	}
	if wait := l.Wait("owner", owner, now); wait != 0 {
		t.Errorf("who had the right password waits %s", wait)
	}
	if wait := l.Wait("somebody", netip.MustParseAddr("2001:db8:1:abcd::1"), now.Add(lockTime+time.Second)); wait != 0 {
		t.Errorf("later: %s", wait)
	}
}
