package insight

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rtp"
)

// Bounds of captures of RTP. Three of them have 48 MiB at most.
const (
	maxCaptures     = 3
	maxTapped       = 4       // legs of a capture
	captureRoom     = 4 << 20 // bytes of a leg: about three minutes of G.711 in both directions
	maxCaptureTime  = 10 * time.Minute
	usualCapture    = time.Minute
	captureKeepTime = 10 * time.Minute // after its end
)

// tapped is a leg whose RTP packets can be seen: one of SIP.
type tapped interface{ Tap(rtp.Tap) }

// capture has the RTP packets of a call's legs for a while:
//
//	running ──until, or the end of the call──> over ──captureKeepTime──> forgotten
//
// Its fields belong to the hub's lock, but for what tracks have.
type capture struct {
	record  *record
	until   time.Time
	over    bool
	legs    []tapped
	running []*track // of legs
	tracks  []*track // of legs, and of those that have gone
}

// Captured says how a capture of a call's RTP stands.
type Captured struct {
	Running bool      `json:"running"`
	Until   time.Time `json:"until"`
	Legs    int       `json:"legs"`
	Bytes   int64     `json:"bytes"`
	Full    bool      `json:"full,omitempty"`    // later packets did not fit
	Rolling bool      `json:"rolling,omitempty"` // the last packets of every leg are kept without being asked for (insight.rolling)
}

// Capture begins to keep the RTP packets of a call that lives, of its phones and trunks.
func (h *Hub) Capture(id string, length time.Duration) (Captured, error) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.find(id)
	switch {
	case r == nil:
		return Captured{}, unknownCall("in memory: only calls that go on can be captured, by a correlation id, serverCallId, callConnectionId or SIP Call-ID of switchhook calls")
	case !r.isLive():
		return Captured{}, fault.Conflict("the call is over")
	case !slices.ContainsFunc(r.legs, func(leg measured) bool { _, is := leg.(tapped); return is }):
		return Captured{}, fault.Conflict("no phone or trunk is in the call: the sound of browsers is not captured")
	}
	h.endCaptures(now)
	if err := h.makeCapturePlace(r); err != nil {
		return Captured{}, err
	}
	c := &capture{record: r, until: now.Add(length)}
	for _, leg := range r.legs {
		h.tapFor(c, leg)
	}
	h.captures = append(h.captures, c)
	return c.view(), nil
}

// makeCapturePlace forgets a capture that is over where a new one of a call needs its place:
// the call's former one, or else the oldest. The caller holds mu.
func (h *Hub) makeCapturePlace(r *record) error {
	at := slices.IndexFunc(h.captures, func(c *capture) bool { return c.record == r })
	switch {
	case at >= 0 && !h.captures[at].over:
		return fault.Conflict("the call's sound is captured already, until %s", h.captures[at].until.UTC().Format(time.RFC3339))
	case at < 0 && len(h.captures) < maxCaptures:
		return nil
	case at < 0:
		if at = slices.IndexFunc(h.captures, func(c *capture) bool { return c.over }); at < 0 {
			return fault.Busy(10*time.Second, "the sound of %d calls is captured already, which is the limit", maxCaptures)
		}
	}
	h.captures = slices.Delete(h.captures, at, at+1)
	return nil
}

// tapFor begins to keep the packets of a leg, if it has some to show. The caller holds mu.
func (h *Hub) tapFor(c *capture, leg measured) {
	if seen, is := leg.(tapped); is && len(c.tracks) < maxTapped {
		t := &track{data: make([]byte, captureRoom)}
		c.legs, c.tracks, c.running = append(c.legs, seen), append(c.tracks, t), append(c.running, t)
		h.retap(seen, c)
	}
}

// retap shows the packets of a leg to those who keep them now: a ring, and a capture; begun
// is one that is not listed yet. The caller holds mu.
func (h *Hub) retap(leg tapped, begun ...*capture) {
	var takes []rtp.Tap
	for _, one := range h.rolled {
		if kept := one.rings[leg]; kept != nil {
			takes = append(takes, kept.take)
		}
	}
	for _, c := range slices.Concat(h.captures, begun) {
		if at := slices.Index(c.legs, leg); at >= 0 {
			takes = append(takes, c.running[at].take)
			break
		}
	}
	switch len(takes) {
	case 0:
		leg.Tap(nil)
	case 1:
		leg.Tap(takes[0])
	default:
		leg.Tap(func(p rtp.Tapped) {
			for _, take := range takes {
				take(p)
			}
		})
	}
}

func (c *capture) view() Captured {
	v := Captured{Running: !c.over, Until: c.until.UTC(), Legs: len(c.tracks)}
	for _, t := range c.tracks {
		v.Bytes += t.used.Load()
		v.Full = v.Full || t.full.Load()
	}
	return v
}

// endCaptures ends those whose time is over, and forgets old ones. The caller holds mu.
func (h *Hub) endCaptures(now time.Time) {
	h.captures = slices.DeleteFunc(h.captures, func(c *capture) bool {
		if !c.over && (!now.Before(c.until) || !c.record.isLive()) {
			c.over = true
			c.until = now
			legs := c.legs
			c.legs, c.running = nil, nil
			for _, leg := range legs {
				h.retap(leg)
			}
		}
		return c.over && now.Sub(c.until) >= captureKeepTime
	})
}

// legJoins lets a capture that runs see a leg that has come. The caller holds mu.
func (h *Hub) legJoins(r *record, leg measured) {
	for _, c := range h.captures {
		if c.record == r && !c.over {
			h.tapFor(c, leg)
		}
	}
}

// legLeaves ends what a capture sees of a leg that ends, or moves to another call. The
// caller holds mu.
func (h *Hub) legLeaves(r *record, leg measured) {
	seen, is := leg.(tapped)
	for _, c := range h.captures {
		if at := slices.Index(c.legs, seen); is && c.record == r && at >= 0 {
			c.legs, c.running = slices.Delete(c.legs, at, at+1), slices.Delete(c.running, at, at+1) // another capture may have it next
		}
	}
	if is {
		h.unroll(r, seen)
		h.retap(seen)
	}
}

// capturing says how the capture of a call stands; nil where there is none.
func (h *Hub) capturing(id string) *Captured {
	v, _, _ := h.tracksOf(id)
	return v
}

// captured is the capture of a call, and its packets; nil where there is none.
func (h *Hub) captured(id string) (*Captured, []packet) {
	v, tracks, rings := h.tracksOf(id)
	var all []packet
	seen := map[packetKey]bool{} // a capture and a ring may have the same
	add := func(list []packet) {
		for _, p := range list {
			if key := p.key(); !seen[key] {
				seen[key] = true
				all = append(all, p)
			}
		}
	}
	for _, t := range tracks {
		add(t.packets())
	}
	for _, r := range rings {
		add(r.packets())
	}
	return v, all
}

func (h *Hub) tracksOf(id string) (*Captured, []*track, []*ring) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.find(id)
	rings := h.ringsOf(r)
	for _, c := range h.captures {
		if c.record == r {
			v := c.view()
			v.Rolling = len(rings) > 0
			return &v, slices.Clone(c.tracks), rings
		}
	}
	if len(rings) > 0 {
		return &Captured{Rolling: true, Legs: len(rings)}, nil, rings
	}
	return nil, nil, nil
}
