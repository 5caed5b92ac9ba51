package gate

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
)

// challenge refuses the datagram of an unknown source, or asks for credentials.
func (g *Gate) challenge(request *sip.Request, from netip.AddrPort, now time.Time) Reply {
	request.SetTransport("UDP")
	request.SetSource(from.String())
	if !g.cfg.Peers.Authenticates() || request.IsCancel() {
		g.NoteRefused(from.Addr(), request.Method, now)
		refusal := sip.NewResponseFromRequest(request, sip.StatusForbidden, "Forbidden", nil)
		return Reply{[]byte(refusal.String()), from}
	}
	refusal := sip.NewResponseFromRequest(request, sip.StatusUnauthorized, "Unauthorized", nil)
	for _, field := range g.Digest.Challenges(false, now) {
		refusal.AppendHeader(field)
	}
	return Reply{[]byte(refusal.String()), from}
}

// isKeepAlive reports whether a datagram only keeps a NAT open.
func isKeepAlive(data []byte) bool { return len(bytes.Trim(data, "\r\n\x00")) == 0 }
