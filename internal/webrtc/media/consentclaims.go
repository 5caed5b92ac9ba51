package media

import (
	"net/netip"
	"sync"
	"time"
)

// addressClaims say which connection's client has answered from an address within the time of
// consent. pion's mux gives what comes from an address to the connection that wrote there
// last, and anybody can give a check of their own connection the source of another's client.
// So no other connection takes checks of a claimed address or writes there, also while ICE
// begins anew and the mux has forgotten whose it is.
type addressClaims struct {
	mu sync.Mutex // held around memory
	of map[netip.AddrPort]claim
}

type claim struct {
	by    *consent
	until time.Time
}

// put notes an answer.
func (k *addressClaims) put(at netip.AddrPort, by *consent, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of == nil {
		k.of = make(map[netip.AddrPort]claim)
	}
	k.of[at] = claim{by, now.Add(consentFor)}
}

// taken reports whether an address is another connection's.
func (k *addressClaims) taken(at netip.AddrPort, by *consent, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	held, is := k.of[at]
	return is && held.by != by && now.Before(held.until)
}

// drop ends the claim of a connection.
func (k *addressClaims) drop(at netip.AddrPort, by *consent) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.of[at].by == by {
		delete(k.of, at)
	}
}
