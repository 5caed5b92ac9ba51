package registrar

import (
	"net/netip"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/source"
)

// After so many wrong passwords no further one is checked, for so long. The bound
// on a user name stops those who guess from many addresses; the telephones that
// have registered with it are known by their addresses and are not concerned.
const (
	maxPairFaults   = 5   // of one user name from one address
	maxSourceFaults = 20  // from one address
	maxSiteFaults   = 40  // from one IPv6 /48, which has 65,536 subnets
	maxUserFaults   = 100 // of one user name, from everywhere
	lockTime        = 5 * time.Minute
	maxFaults       = 16384 // counters that are kept
	provenTime      = 24 * time.Hour
)

// suspect is what a counter is about: a user name, an address, or both.
type suspect struct {
	userName string
	source   netip.Addr
}

// faultCount is a counter of wrong passwords. It expires lockTime after the last one.
type faultCount struct {
	n    int
	last time.Time
}

// Lockout is protection against password guessing: it counts wrong passwords, of user
// names that exist and of others, so that nobody can tell the two apart. It is safe
// for concurrent use.
type Lockout struct {
	counts *expiring.Map[suspect, faultCount]
	// Those who had the right password lately are not concerned when others guess it, nor by
	// other phones of their office that show old ones.
	proven *expiring.Map[suspect, struct{}]
}

// NewLockout makes one that has counted nothing.
func NewLockout() *Lockout {
	return &Lockout{
		expiring.New(expiring.Config[suspect, faultCount]{Entries: maxFaults}),
		expiring.New(expiring.Config[suspect, struct{}]{TTL: provenTime, Entries: maxFaults}),
	}
}

// suspects are whom a wrong password counts for: a user name at a subnet, the subnet, the
// user name by itself, and the site, which is none for IPv4.
func suspects(userName string, from netip.Addr) []suspect {
	subnet, site := source.Subnet(from), source.Site(from)
	list := []suspect{{userName, subnet}, {"", subnet}, ofUserName: {userName, netip.Addr{}}}
	if site.Is6() {
		list = append(list, suspect{siteName, site})
	}
	return list
}

var allowances = [4]int{maxPairFaults, ofSource: maxSourceFaults, ofUserName: maxUserFaults, ofSite: maxSiteFaults}

const (
	ofSource   = 1
	ofUserName = 2
	ofSite     = 3
	siteName   = "\x00site" // apart from a subnet's counter; no user has that name
)

// Wait returns how long a source must wait before its password for a user name is
// checked; 0: not at all.
func (l *Lockout) Wait(userName string, source netip.Addr, now time.Time) (left time.Duration) {
	list := suspects(userName, source)
	_, isProven := l.proven.Get(list[0], now)
	for i, who := range list {
		count, _ := l.counts.Get(who, now)
		if rest := count.last.Add(lockTime).Sub(now); count.n >= allowances[i] && rest > left && !(isProven && i >= ofSource) {
			left = rest
		}
	}
	return left
}

// Fault counts a wrong password.
func (l *Lockout) Fault(userName string, source netip.Addr, now time.Time) {
	for _, who := range suspects(strings.Clone(userName), source) { // not the message that it stands in
		l.counts.Update(who, now, func(count faultCount, _ bool) (faultCount, time.Time) {
			return faultCount{count.n + 1, now}, now.Add(lockTime)
		})
	}
}

// removeExpired frees the memory of counters that have expired.
func (l *Lockout) removeExpired(now time.Time) {
	l.counts.Len(now)
	l.proven.Len(now)
}

// Right removes the counter of a source and a user name, after a right password.
func (l *Lockout) Right(userName string, source netip.Addr, now time.Time) {
	pair := suspects(strings.Clone(userName), source)[0]
	l.counts.Delete(pair)
	l.proven.Put(pair, struct{}{}, now)
}

// Lockout counts the wrong passwords of all user names, also those of others than
// users' telephones.
func (r *Registrar) Lockout() *Lockout { return r.lockout }

// LockedFor returns for how long passwords of a user name from a source are not
// checked; 0: they are.
func (r *Registrar) LockedFor(userName string, f Flow) time.Duration {
	left := r.lockout.Wait(userName, f.Source.Addr(), time.Now())
	if left > 0 && r.reaches(userName, f) {
		return 0
	}
	if left > 0 {
		r.counts.locked.Add(1)
	}
	return left
}

// reaches reports whether a user name has a binding with that flow, which is no proxy's:
// others come from there as well.
func (r *Registrar) reaches(userName string, f Flow) bool {
	for _, d := range r.BindingsOfUser(userName) {
		if d.Flow == f && len(d.Path) == 0 {
			return true
		}
	}
	return false
}

// PasswordWrong counts a wrong password.
func (r *Registrar) PasswordWrong(userName string, f Flow) {
	r.counts.wrong.Add(1)
	r.lockout.Fault(userName, f.Source.Addr(), time.Now())
	if r.lockout.Wait(userName, f.Source.Addr(), time.Now()) > 0 {
		r.log.Warn("too many wrong passwords: locked", "user", userName, "source", f.Source, "for", lockTime)
	}
}

// PasswordRight notes that a source had the right password.
func (r *Registrar) PasswordRight(userName string, f Flow) {
	r.lockout.Right(userName, f.Source.Addr(), time.Now())
}
