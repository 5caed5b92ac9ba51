package insight

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/call"
)

// clientMedia is an item with what a browser measured of its media.
type clientMedia struct {
	who   string
	media call.ClientMedia
}

func (m *clientMedia) code(c *coder) {
	c.text(&m.who)
	c.number(&m.media.Received)
	c.number(&m.media.Lost)
	c.duration(&m.media.Jitter)
	c.duration(&m.media.Buffer)
	c.duration(&m.media.RoundTrip)
	c.duration(&m.media.Concealed)
	c.number(&m.media.SentKbps)
	c.number(&m.media.ReceivedKbps)
	c.number(&m.media.Spoken)
	c.number(&m.media.Heard)
	c.text(&m.media.Pair)
}

// BrowserMeasure is what a browser measured, in about 5 s: the loss is 0 to 1, times are
// in ms, levels 0 to 100.
type BrowserMeasure struct {
	Who          string  `json:"participant"`
	Received     int     `json:"packetsReceived"`
	Loss         float64 `json:"loss"`
	JitterMS     float64 `json:"jitterMs"`
	BufferMS     float64 `json:"bufferMs"`
	RoundTripMS  float64 `json:"roundTripMs,omitempty"`
	ConcealedMS  float64 `json:"concealedMs"`
	SentKbps     int     `json:"sentKbps"`
	ReceivedKbps int     `json:"receivedKbps"`
	Spoken       int     `json:"spoken"`
	Heard        int     `json:"heard"`
	Pair         string  `json:"pair,omitempty"` // kinds of the ICE candidates in use
}

func (m *clientMedia) more() any { return m.view() }

func (m *clientMedia) line() (Kind, string, bool) {
	c, d := m.media, m.view()
	text := fmt.Sprintf("the browser of %s: loss %.1f %%, jitter %.0f ms, round trip %.0f ms, speaks at %d, hears at %d of 100", m.who, 100*d.Loss, d.JitterMS, d.RoundTripMS, c.Spoken, c.Heard)
	return KindBrowser, text, false
}

func (m *clientMedia) view() BrowserMeasure {
	c := m.media
	d := BrowserMeasure{
		Who: m.who, Received: c.Received, JitterMS: inMS(c.Jitter), BufferMS: inMS(c.Buffer), RoundTripMS: inMS(c.RoundTrip), ConcealedMS: inMS(c.Concealed),
		SentKbps: c.SentKbps, ReceivedKbps: c.ReceivedKbps, Spoken: c.Spoken, Heard: c.Heard, Pair: clean(c.Pair, maxLine),
	}
	if all := c.Received + c.Lost; all > 0 {
		d.Loss = float64(c.Lost) / float64(all)
	}
	return d
}

// seldomNow reports whether measures must not drive out the rest now. The caller holds mu.
func (h *Hub) seldomNow() bool { return h.taken > h.cfg.Memory/2 && h.rounds%seldom != 0 }
