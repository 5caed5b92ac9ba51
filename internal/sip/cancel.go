package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// cancelOf builds the CANCEL of an INVITE (RFC 3261 §9.1): the same top Via,
// Request-URI and route.
func cancelOf(invite *sip.Request, why call.Reason) *sip.Request {
	cancel := sip.NewRequest(sip.CANCEL, *invite.Recipient.Clone())
	cancel.AppendHeader(invite.Via().Clone())
	sip.CopyHeaders("Route", invite, cancel)
	hops := sip.MaxForwardsHeader(70)
	cancel.AppendHeader(&hops)
	cancel.AppendHeader(sip.HeaderClone(invite.From()))
	cancel.AppendHeader(sip.HeaderClone(invite.To()))
	cancel.AppendHeader(sip.HeaderClone(invite.CallID()))
	cancel.AppendHeader(&sip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: sip.CANCEL})
	for _, field := range reasonHeader(why) {
		cancel.AppendHeader(field)
	}
	cancel.SetBody(nil)
	cancel.SetTransport(invite.Transport())
	cancel.SetDestination(invite.Destination())
	cancel.Laddr = invite.Laddr
	return cancel
}
