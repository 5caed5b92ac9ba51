package transaction

import (
	"crypto/rand"
	"net"
	"net/netip"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Response begins the response to a request (RFC 3261 §8.2.6). It shares the request's
// fields, which nobody may change any more. Its To has a tag, but for 100: that of the
// request, or a new one. The Via tells the request's source where that is to be told.
func Response(request *sip.Request, status int, phrase string) *sip.Response {
	r := sip.NewResponse(status, phrase)
	routes := keepsRoutes(request, status)
	for _, field := range request.Headers() {
		switch field := field.(type) {
		case *sip.RecordRouteHeader:
			if routes {
				r.AppendHeader(field)
			}
		case *sip.ViaHeader:
			if field == request.Via() {
				field = received(field, request.Source())
			}
			r.AppendHeader(field)
		}
	}
	if from := request.From(); from != nil {
		r.AppendHeader(from)
	}
	if to := request.To(); to != nil {
		r.AppendHeader(tagged(to, status))
	}
	if callID := request.CallID(); callID != nil {
		r.AppendHeader(callID)
	}
	if cseq := request.CSeq(); cseq != nil {
		r.AppendHeader(cseq)
	}
	if status == sip.StatusTrying { // RFC 3261 §8.2.6.1
		if sent := request.GetHeader("timestamp"); sent != nil {
			r.AppendHeader(sent)
		}
	}
	r.SetBody(nil)
	return r
}

// keepsRoutes reports whether a response repeats the proxies that stay in a dialog
// (RFC 3261 §12.1.1 and table 3).
func keepsRoutes(request *sip.Request, status int) bool {
	if request.Method == sip.REGISTER {
		return false
	}
	return status >= 180 && status < 190 || status >= 200 && status < 300 || request.IsInvite() && status > 100 && status < 200
}

// received is a Via with the address that the request came from, where that is another than
// the Via names, or a name (RFC 3261 §18.2.1), and with its port, where the Via asks for both
// (RFC 3581 §4).
func received(via *sip.ViaHeader, source string) *sip.ViaHeader {
	host, port, err := net.SplitHostPort(source)
	asked, names := via.Params.Get("rport")
	wantsPort := names && asked == ""
	if err != nil || !wantsPort && isAddress(via.Host, host) {
		return via
	}
	told := &toldVia{ViaHeader: *via}
	told.Params = append(told.room[:0], via.Params...)
	if wantsPort {
		told.Params.Add("rport", port)
	}
	told.Params.Add("received", host)
	return &told.ViaHeader
}

// isAddress reports whether a host is that address, however it is written.
func isAddress(host, address string) bool {
	if host == address {
		return true
	}
	named, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && named.Unmap().String() == address
}

// toldVia is a Via with room for as many parameters as most have.
type toldVia struct {
	sip.ViaHeader
	room [3]sip.HeaderKV // branch, rport, received
}

// tagged is a To with a tag, where the response must have one.
func tagged(to *sip.ToHeader, status int) *sip.ToHeader {
	if status == sip.StatusTrying || to.Params.Has("tag") {
		return to
	}
	with := &sip.ToHeader{DisplayName: to.DisplayName, Address: to.Address, Params: to.Params.Clone()}
	with.Params.Add("tag", rand.Text())
	return with
}

// Ack is the ACK of a failure of an INVITE (RFC 3261 §17.1.1.3): it belongs to the same
// transaction.
func Ack(invite *sip.Request, failure *sip.Response) *sip.Request {
	ack := sip.NewRequest(sip.ACK, invite.Recipient)
	ack.AppendHeader(invite.Via())
	for _, field := range invite.Headers() {
		if route, ok := field.(*sip.RouteHeader); ok {
			ack.AppendHeader(route)
		}
	}
	hops := sip.MaxForwardsHeader(70)
	ack.AppendHeader(&hops)
	ack.AppendHeader(invite.From())
	if to := failure.To(); to != nil {
		ack.AppendHeader(to)
	} else {
		ack.AppendHeader(invite.To())
	}
	ack.AppendHeader(invite.CallID())
	ack.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.ACK})
	ack.SetBody(nil)
	return ack
}
