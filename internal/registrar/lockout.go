package registrar

import (
	"net/netip"
	"sync"
	"time"
)

// After how many wrong passwords nobody listens any more, for how long. Who
// guesses from many addresses is stopped at the user name; the telephones that
// have registered with it are not: they are known by their addresses.
const (
	maxPairFaults   = 5   // of one user name from one address
	maxSourceFaults = 20  // from one address
	maxUserFaults   = 100 // of one user name, from everywhere
	lockTime        = 5 * time.Minute
	maxFaults       = 16384 // accounts that are kept
)

// suspect is whom an account of faults is about: a user name, an address, or both.
type suspect struct {
	userName string
	source   netip.Addr
}

// faultCount is an account. It is forgotten when nothing has happened for lockTime.
type faultCount struct {
	n    int
	last time.Time
}

// lockout counts wrong passwords.
type lockout struct {
	mu sync.Mutex
	of map[suspect]faultCount
}

// network is what an attacker has as one: an address, or a network of IPv6.
func network(source netip.Addr) netip.Addr {
	source = source.Unmap().WithZone("")
	if source.Is6() {
		prefix, _ := source.Prefix(64)
		return prefix.Addr()
	}
	return source
}

func suspects(userName string, source netip.Addr) [3]suspect {
	source = network(source)
	return [3]suspect{{userName, source}, {"", source}, {userName, netip.Addr{}}}
}

var allowances = [3]int{maxPairFaults, maxSourceFaults, maxUserFaults}

// wait says how long a source must wait before its password for a user name is
// looked at; 0: it need not.
func (l *lockout) wait(userName string, source netip.Addr, now time.Time) (left time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, who := range suspects(userName, source) {
		count := l.of[who]
		if rest := count.last.Add(lockTime).Sub(now); count.n >= allowances[i] && rest > left {
			left = rest
		}
	}
	return left
}

// fault counts a wrong password.
func (l *lockout) fault(userName string, source netip.Addr, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of == nil {
		l.of = make(map[suspect]faultCount)
	}
	for _, who := range suspects(userName, source) {
		if count, known := l.of[who]; known || len(l.of) < maxFaults {
			l.of[who] = faultCount{count.n + 1, now}
		}
	}
}

// pardon forgets what a source did wrong with a user name, once it is right.
func (l *lockout) pardon(userName string, source netip.Addr) {
	l.mu.Lock()
	delete(l.of, suspect{userName, network(source)})
	l.mu.Unlock()
}

// tidy forgets old accounts.
func (l *lockout) tidy(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for who, count := range l.of {
		if now.Sub(count.last) >= lockTime {
			delete(l.of, who)
		}
	}
}

// Locked says how long nobody listens to a password of a user name from a
// source; 0: it is looked at.
func (r *Registrar) Locked(userName string, f Flow) time.Duration {
	left := r.faults.wait(userName, f.Source.Addr(), time.Now())
	if left > 0 && r.reaches(userName, f) {
		return 0
	}
	if left > 0 {
		r.counts.locked.Add(1)
	}
	return left
}

// reaches reports whether a device of a user name is heard from there.
func (r *Registrar) reaches(userName string, f Flow) bool {
	for _, d := range r.DevicesOf(userName) {
		if d.Flow == f {
			return true
		}
	}
	return false
}

// Wrong counts a wrong password.
func (r *Registrar) Wrong(userName string, f Flow) {
	r.counts.wrong.Add(1)
	r.faults.fault(userName, f.Source.Addr(), time.Now())
	if r.faults.wait(userName, f.Source.Addr(), time.Now()) > 0 {
		r.log.Warn("too many wrong passwords: locked", "user", userName, "source", f.Source, "for", lockTime)
	}
}

// Right ends the suspicion of a source.
func (r *Registrar) Right(userName string, f Flow) { r.faults.pardon(userName, f.Source.Addr()) }
