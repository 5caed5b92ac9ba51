package registrar

import (
	"fmt"
	"net/netip"
	"runtime"
	"testing"
	"time"
	"unsafe"
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

// TestOldPasswordsOfAnOfficeLockNoOtherPhoneOut has phones behind one address that go on to
// show old passwords: who had the right one from there a while ago is heard, and may not be
// guessed either.
func TestOldPasswordsOfAnOfficeLockNoOtherPhoneOut(t *testing.T) {
	l, now, office := NewLockout(), time.Now(), netip.MustParseAddr("198.51.100.7")
	l.Right("201", office, now)
	for n := range maxSourceFaults {
		l.Fault(fmt.Sprint("10", n%4), office, now)
	}
	if wait := l.Wait("201", office, now); wait != 0 {
		t.Errorf("who had the right password waits %s", wait)
	}
	if l.Wait("202", office, now) == 0 {
		t.Error("an address may guess names for ever")
	}
	for range maxPairFaults {
		l.Fault("201", office, now)
	}
	if l.Wait("201", office, now) == 0 {
		t.Error("the neighbours may guess the password for ever")
	}
}

// TestCountersKeepNoMessages: a user name that stands in a message of 64 kB is kept for a
// day, and the message is not.
func TestCountersKeepNoMessages(t *testing.T) {
	l, now, at := NewLockout(), time.Now(), netip.MustParseAddr("192.0.2.1")
	collected := make(chan struct{})
	func() {
		message := new([64 << 10]byte)
		runtime.AddCleanup(message, func(gone chan struct{}) { close(gone) }, collected)
		name := unsafe.String(&message[100], 8)
		l.Fault(name, at, now)
		l.Right(name, at, now)
	}()
	for range 10 {
		runtime.GC()
		select {
		case <-collected:
			runtime.KeepAlive(l)
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Error("the message is kept")
	runtime.KeepAlive(l)
}
