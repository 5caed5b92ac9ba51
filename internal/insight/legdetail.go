package insight

import (
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// legNews is what a leg went through.
type legNews struct {
	what    call.LegStep
	who     string
	inbound bool
	callID  string
	why     call.Reason
	wire    call.Wire // at its end
}

func (l *legNews) code(c *coder) {
	c.text((*string)(&l.what))
	c.text(&l.who)
	c.flag(&l.inbound)
	c.text(&l.callID)
	codeReason(c, &l.why)
	if l.what == call.LegGone {
		codeWire(c, &l.wire)
	}
}

func codeWire(c *coder, w *call.Wire) {
	c.text(&w.Trunk)
	c.text(&w.CallID)
	c.text(&w.Device)
	codeSound(c, &w.Sound)
}

// codeReason has what sentences are made of. Kinds have names: their numbers may change.
func codeReason(c *coder, why *call.Reason) {
	kind := why.Kind.String()
	if c.text(&kind); c.reading {
		why.Kind = reasonKinds[kind]
	}
	c.text(&why.Text)
	c.number(&why.SIP.Code)
	c.text(&why.SIP.Phrase)
	c.number(&why.Q850.Value)
	c.text(&why.Q850.Text)
	c.flag(&why.ByApplication)
}

// reasonKinds are the kinds of reasons by their names.
var reasonKinds = func() map[string]call.ReasonKind {
	kinds := map[string]call.ReasonKind{}
	for kind := call.Normal; kind <= call.Failed; kind++ {
		kinds[kind.String()] = kind
	}
	return kinds
}()

type legDetail struct {
	Step      string      `json:"step"`
	Who       string      `json:"participant"`
	Direction string      `json:"direction"`
	CallID    string      `json:"sipCallId,omitempty"`
	Trunk     string      `json:"trunk,omitempty"`
	Device    string      `json:"device,omitempty"`
	Path      string      `json:"path,omitempty"` // of a browser's packets: ICE's state and pair of candidates
	Reason    *ReasonView `json:"reason,omitempty"`
	Sound     *Measure    `json:"sound,omitempty"`
}

func direction(inbound bool) string {
	if inbound {
		return "inbound"
	}
	return "outbound"
}

func (l *legNews) line() (Kind, string, bool) {
	text, failed := "the "+direction(l.inbound)+" leg of "+l.who+" "+legSteps[l.what], false
	switch l.what {
	case call.LegPath:
		text += ": " + clean(l.why.Text, maxLine)
		failed = l.why.Text != "" && !strings.HasPrefix(l.why.Text, "connected")
	case call.LegRefused:
		text += " " + clean(l.why.Text, maxLine)
		failed = true
	case call.LegGone:
		if end := endOf(l.why); end != "" {
			text += ": " + end
		}
		failed = l.why.SIP.Code >= 400 || isFailure(l.why.Kind)
	}
	return KindLeg, text, failed
}

func (l *legNews) more() any {
	d := legDetail{Step: string(l.what), Who: l.who, Direction: direction(l.inbound), CallID: clean(l.callID, maxLine)}
	switch l.what {
	case call.LegPath:
		d.Path = clean(l.why.Text, maxLine)
	case call.LegRefused:
		d.Reason = viewOf(l.why)
	case call.LegGone:
		d.Trunk, d.Device, d.Reason = l.wire.Trunk, clean(l.wire.Device, maxLine), viewOf(l.why)
		if l.wire.Sound.Codec != "" {
			m := measureOf(l.wire.Sound)
			d.Sound = &m
		}
	}
	return d
}

var legSteps = map[call.LegStep]string{
	call.LegCame: "has come", call.LegRings: "rings", call.LegAnswered: "was answered", call.LegHeld: "put us on hold",
	call.LegUnheld: "took us back from hold", call.LegPath: "has the path", call.LegGone: "ended",
	call.LegRefused: "was refused",
}

// isFailure reports whether a kind of reason is none that a good call ends with.
func isFailure(kind call.ReasonKind) bool {
	switch kind {
	case call.Normal, call.EndedByApplication, call.EndedByPeer, call.Removed, call.Canceled:
		return false
	}
	return true
}

// Measure is what was measured of a leg's sound: shares are 0 to 1, times in ms.
type Measure struct {
	Who         string  `json:"participant,omitempty"`
	Codec       string  `json:"codec"`
	Sent        uint64  `json:"packetsSent"`
	Received    uint64  `json:"packetsReceived"`
	Loss        float64 `json:"loss"`       // of what came to us
	RemoteLoss  float64 `json:"remoteLoss"` // of what we sent, as the far end reports
	JitterMS    float64 `json:"jitterMs"`
	RoundTripMS float64 `json:"roundTripMs,omitempty"`
	ConcealedMS float64 `json:"concealedMs"`
	MOS         float64 `json:"mos,omitempty"` // 1 to 4.5
	RemoteMOS   float64 `json:"remoteMos,omitempty"`
}

func inMS(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func measureOf(s call.Sound) Measure {
	return Measure{
		Codec: s.Codec, Sent: s.Sent, Received: s.Received, Loss: s.Loss, RemoteLoss: s.RemoteLoss, JitterMS: inMS(s.Jitter),
		RoundTripMS: inMS(s.RoundTrip), ConcealedMS: inMS(s.Concealed), MOS: s.MOS, RemoteMOS: s.RemoteMOS,
	}
}
