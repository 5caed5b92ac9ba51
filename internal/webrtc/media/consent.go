package media

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Times of consent (RFC 7675 §5.1).
const (
	askEvery    = 5 * time.Second // the address in use; shorter or longer by up to a fifth
	consentFor  = 30 * time.Second
	askAgain    = 100 * time.Millisecond // an address whose answer is waited for; then twice as long each time
	maxRepeats  = 7                      // of those (RFC 8489 §6.2.1)
	leastPause  = 20 * time.Millisecond  // between two requests to an address
	checkIsHeld = 5 * time.Second        // then the client has sent another
)

// consent is what one connection knows of the UDP addresses of its client. pion sends to
// where the last nomination came from, and anybody who knows the passwords can give that a
// false source. So an address is sent media only while it answers requests of ours, whose
// numbers nobody else sees (RFC 7675), and a nomination from another one waits for its first
// answer. Connections over TCP need none of this: their handshake has asked the address.
//
// A path that no address has yet is given to the first check, as before: the handshake of
// DTLS begins on it, beside our request, and nothing else is sent there until it answers.
type consent struct {
	ready  func()                       // the address in use consents: runs in any goroutine
	lapsed func(address netip.AddrPort) // it did, and does no more
	last   atomic.Pointer[path]         // the one that pion wrote to
	made   time.Time
	claims *addressClaims
	due    atomic.Int64 // when tick has something to do, in ns since made; 0: never

	handshakes handshakes // over TCP too

	mu           sync.Mutex // held around memory
	ours, theirs credentials
	tieBreaker   uint64
	addresses    *ratelimit.Bucket
	paths        map[netip.AddrPort]*path // as many as addresses allows
	selected     *path                    // pion's choice; nil: none, or one over TCP
	tcp          bool
	over         bool // nobody answers any more
}

func newConsent(of *addressClaims, ready func(), lapsed func(netip.AddrPort)) *consent {
	return &consent{
		claims: of, ready: ready, lapsed: lapsed, made: time.Now(), tieBreaker: rand.Uint64(),
		addresses: ratelimit.NewBucket(addressRate), paths: make(map[netip.AddrPort]*path),
	}
}

// begin takes the credentials of an ICE session, its first or after a restart. What an
// address has answered holds on.
func (c *consent) begin(ours, theirs credentials) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ours == ours && c.theirs == theirs {
		return
	}
	c.ours, c.theirs, c.selected, c.tcp = ours, theirs, nil, false
	for _, p := range c.paths {
		p.waits, p.held, p.next = false, nil, time.Time{}
	}
	c.plan()
}

// use takes pion's choice of a path.
func (c *consent) use(address netip.AddrPort, tcp bool, now time.Time) {
	c.mu.Lock()
	before := c.selected
	c.selected, c.tcp = nil, tcp
	if !tcp {
		c.selected = c.paths[address]
	}
	if before != nil {
		before.schedule(now, before == c.selected)
	}
	if p := c.selected; p != nil && p != before {
		c.expire(p, now)
		p.schedule(now, true)
	}
	c.plan()
	open := c.consents()
	c.mu.Unlock()
	if open {
		c.ready()
	}
}

// end is the end of the connection.
func (c *consent) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	c.due.Store(0)
	for at := range c.paths {
		c.claims.drop(at, c)
	}
}

// isReady reports whether the path in use may be sent media.
func (c *consent) isReady() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.consents()
}

// consents runs under mu.
func (c *consent) consents() bool { return c.tcp || c.selected != nil && c.selected.open.Load() }

// expire ends the consent of an address that has not answered for too long. It runs under mu.
func (c *consent) expire(p *path, now time.Time) (ended bool) {
	if !p.open.Load() || now.Sub(p.answered) < consentFor {
		return false
	}
	p.open.Store(false)
	p.waits = false // an answer to an old request is not a new consent
	return true
}

// tick asks those that have to be asked.
func (c *consent) tick(now time.Time) {
	type sending struct {
		via *consentConn
		to  netip.AddrPort
		raw []byte
	}
	var out []sending
	var gone netip.AddrPort
	c.mu.Lock()
	for _, p := range c.paths {
		if p.next.IsZero() || now.Before(p.next) {
			continue
		}
		if c.expire(p, now) {
			p.repeats = maxRepeats // its own checks have it asked again
			if p == c.selected {
				gone = p.address
			}
		} else {
			p.waits = p.waits && !p.open.Load() // each request for fresh consent has another number
			p.repeats++
			if raw := c.ask(p, now); raw != nil {
				out = append(out, sending{p.via, p.address, raw})
			}
		}
		p.schedule(now, p == c.selected)
	}
	c.plan()
	c.mu.Unlock()
	for _, s := range out {
		_, _ = s.via.under.WriteToAddrPort(s.raw, s.to) // what fails is asked again
	}
	if gone.IsValid() {
		c.lapsed(gone)
	}
}

// plan sets due. It runs under mu.
func (c *consent) plan() {
	c.due.Store(0)
	for _, p := range c.paths {
		c.hasten(p)
	}
}

// hasten sets due where a path comes before it. It runs under mu.
func (c *consent) hasten(p *path) {
	if p.next.IsZero() {
		return
	}
	at := max(p.next.Sub(c.made), 1)
	if due := c.due.Load(); due == 0 || int64(at) < due {
		c.due.Store(int64(at))
	}
}

// isDue reports whether tick has something to do.
func (c *consent) isDue(now time.Time) bool {
	due := c.due.Load()
	return due != 0 && due <= int64(now.Sub(c.made))
}
