package gate

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// challenge refuses the datagram of an unknown source, or asks for credentials. Of its calls a
// few are shown: a carrier that calls from a new address is one.
func (g *Gate) challenge(request *sip.Request, from netip.AddrPort, now time.Time) Reply {
	request.SetTransport("UDP")
	request.SetSource(from.String())
	show := request.IsInvite() && g.shownUnknown.Allow(now)
	if !g.cfg.Peers.Authenticates() || request.IsCancel() {
		g.NoteRefused(from.Addr(), request.Method, now)
		return Reply{Data: transaction.Encode(transaction.Response(request, sip.StatusForbidden, "Forbidden")), To: from, Show: show}
	}
	refusal := transaction.Response(request, sip.StatusUnauthorized, "Unauthorized")
	for _, field := range g.Digest.Challenges(false, from.Addr(), now) {
		refusal.AppendHeader(field)
	}
	return Reply{Data: transaction.Encode(refusal), To: from, Show: show}
}

// IsKeepAlive reports whether a datagram only keeps a NAT open.
func IsKeepAlive(data []byte) bool { return len(bytes.Trim(data, "\r\n\x00")) == 0 }

// lacksFields reports whether a message lacks what every one has (RFC 3261 §8.1.1).
// Nobody who speaks SIP sent it, and an answer would be longer than the question.
func lacksFields(message sip.Message) bool {
	return message.CallID() == nil || message.Via() == nil || message.From() == nil || message.To() == nil || message.CSeq() == nil
}

// isInCall reports whether a message may belong to a call that goes on. An INVITE with
// its Call-ID and without a tag of ours begins another.
func isInCall(message sip.Message) bool {
	request, ok := message.(*sip.Request)
	return !ok || request.IsCancel() || request.To().Params.Has("tag")
}
