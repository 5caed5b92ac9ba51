package gate

import (
	"bytes"
	"net/netip"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// OverloadRetry is how many seconds refused callers are told to wait: what ACS
// tells them, which sends an SBC to its next server.
const OverloadRetry = "1"

// rateShown bounds the refusals that are shown to who looks into calls: a timeline of each
// would cost more than its refusal.
var rateShown = ratelimit.Rate{PerSecond: 5, Burst: 20}

// screen turns a new call away while there is too much to do. It does so before
// anything is kept of the call: a server that spends its time on refusing has
// none left for calls (RFC 3261 §8.2.7, RFC 6357). What belongs to calls that go
// on, and every other method, passes.
func (g *Gate) screen(data []byte, from netip.AddrPort, now time.Time) (pass bool, reply Reply) {
	switch {
	case bytes.HasPrefix(data, []byte("INVITE ")):
	case bytes.HasPrefix(data, []byte("ACK ")):
		p, ok := header.Peek(data)
		return !ok || !g.tags.has(p.ToTag), Reply{}
	default:
		return true, Reply{}
	}
	p, ok := header.Peek(data)
	if !ok || p.ToTag != "" { // of a call, or nothing for a glance
		return true, Reply{}
	}
	key := g.decisions.key(p)
	admitted, repeated := g.decisions.find(key, now)
	if !repeated {
		admitted = g.isEmergency(data) || g.Admit(now)
		g.decisions.keep(key, admitted, now)
	}
	if admitted {
		return true, Reply{}
	}
	reply = g.refusal(p, from)
	reply.Show = !repeated && g.shown.Allow(now)
	return false, reply
}

// longestEmergency bounds the numbers of emergency services, so that most calls cost nothing here.
const longestEmergency = 8

// isEmergency reports whether an INVITE calls an emergency service: those calls are the last to be
// refused (RFC 5390, requirement 13).
func (g *Gate) isEmergency(data []byte) bool {
	_, rest, _ := bytes.Cut(data[:min(len(data), 64)], []byte(":"))
	end := bytes.IndexAny(rest, "@;> \r")
	return end > 0 && end <= longestEmergency && g.cfg.Peers.IsEmergency(string(rest[:end]))
}

// Admit asks for one more call, and counts and logs where it is refused.
func (g *Gate) Admit(now time.Time) bool {
	if g.Admission.Admit(now) {
		return true
	}
	g.Counts.overload.Add(1)
	g.sinceOverloadWarning.Add(1)
	if g.overloadWarnings.Allow(now) {
		load := g.Admission.Load(now)
		g.cfg.Log.Warn("new calls are refused: the server is overloaded", "since_last_warning", g.sinceOverloadWarning.Swap(0),
			"calls_a_second", strconv.FormatFloat(load.Rate, 'f', 0, 64), "strain", strconv.FormatFloat(load.Strain, 'f', 2, 64), "cpu", strconv.FormatFloat(load.CPU, 'f', 2, 64))
	}
	return false
}

// refusal writes a 503 and says where it goes.
func (g *Gate) refusal(p header.Peeked, from netip.AddrPort) Reply {
	room := refusalRoom + len(p.Via) + len(p.From) + len(p.To) + len(p.CallID) + len(p.CSeq) + len(g.cfg.Realm)
	for _, more := range p.Vias {
		room += len(more) + len("Via: \r\n")
	}
	b := append(make([]byte, 0, room), "SIP/2.0 503 Service Unavailable\r\nVia: "...)
	b, to := header.AppendVia(b, p.Via, from)
	b = append(b, "\r\n"...)
	for _, more := range p.Vias {
		b = appendField(b, "Via: ", more)
	}
	b = appendField(b, "From: ", p.From)
	b = append(append(append(b, "To: "...), p.To...), ";tag="...)
	b = append(g.tags.append(b, p.CallID, p.From), "\r\n"...)
	b = appendField(b, "Call-ID: ", p.CallID)
	b = appendField(b, "CSeq: ", p.CSeq)
	b = append(append(b, "Retry-After: "+OverloadRetry+"\r\nServer: "...), g.cfg.Realm...)
	b = append(b, "\r\nContent-Length: 0\r\n\r\n"...)
	return Reply{Data: b, To: to}
}

// refusalRoom is what a 503 takes besides what it copies, in bytes, and a little more.
const refusalRoom = 256

// appendField appends a line; name ends with a colon and a blank.
func appendField(b []byte, name string, value []byte) []byte {
	b = append(append(b, name...), value...)
	return append(b, "\r\n"...)
}
