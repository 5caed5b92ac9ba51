package sip

import (
	"context"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// branches are those of forks that no leg wants and that we hang up.
type branches struct {
	known  *expiring.Set[dialogKey] // that got their BYE; tag is the peer's
	places chan struct{}            // one for each BYE that waits for its answer
}

// maxBranches bounds the branches that are remembered; maxBranchBYEs the BYEs that wait.
const (
	maxBranches   = 1 << 12
	maxBranchBYEs = 256
)

func newBranches() branches {
	return branches{expiring.NewSet[dialogKey](64*sip.T1, maxBranches), make(chan struct{}, maxBranchBYEs)}
}

// endBranch takes a response that no leg waits for. A 2xx to an INVITE of ours, from a
// second branch of a fork or after we had given up, has connected somebody: it gets its
// ACK, each time, and one BYE (RFC 3261 §13.2.2.4). attempt is its INVITE, whose
// credentials the ACK repeats (§22.1); nil where it is forgotten.
func (s *Server) endBranch(response *sip.Response, attempt *inviting) {
	callID, from, cseq := response.CallID(), response.From(), response.CSeq()
	if !response.IsSuccess() || callID == nil || from == nil || cseq == nil || cseq.MethodName != sip.INVITE || response.To() == nil || response.Contact() == nil {
		return
	}
	tag, _ := from.Params.Get("tag")
	if tag != s.tags.caller(callID.Value()) { // not ours: nobody makes us send anything
		return
	}
	if l := s.legs.find(callID.Value(), tag); l != nil && l.connectedTo(header.ToTag(response)) {
		return // its own hook acknowledges repetitions
	}
	d := &dialog{
		callID: callID.Value(), localTag: tag, localSeq: cseq.SeqNo, transport: sip.NetworkToUpper(response.Transport()),
		local:  party{from.DisplayName, *from.Address.Clone()},
		remote: party{response.To().DisplayName, *response.To().Address.Clone()},
	}
	d.learn(response)
	d.flow = s.hasFlow(registrar.Flow{Transport: d.transport, Source: d.source})
	ack := s.branchRequest(d, sip.ACK)
	if attempt != nil {
		copyCredentials(attempt.request, ack)
	}
	s.write(ack, d.source)
	key, now := dialogKey{d.callID, d.remoteTag}, time.Now()
	if s.branches.known.Has(key, now) || s.ctx.Err() != nil {
		return // its BYE is on the way
	}
	s.branches.known.Add(dialogKey{strings.Clone(key.callID), strings.Clone(key.tag)}, now) // not the response that they stand in
	select {
	case s.branches.places <- struct{}{}:
		s.work.Go(func() {
			defer func() { <-s.branches.places }()
			s.hangUpBranch(d, attempt)
		})
	default: // nobody forks so much: once, without waiting
		d.localSeq++
		s.write(s.branchRequest(d, sip.BYE), d.source)
	}
}

// hangUpBranch says BYE to a branch. It shows no nonce at first: those of the INVITE are
// the leg's, who counts their uses.
func (s *Server) hangUpBranch(d *dialog, attempt *inviting) {
	ctx, cancel := context.WithTimeout(s.ctx, 64*sip.T1)
	defer cancel()
	var auth *authorization
	if attempt != nil {
		auth = newCredentials(attempt.account).authorize()
	}
	for {
		d.localSeq++
		bye := s.branchRequest(d, sip.BYE)
		auth.sign(bye)
		response, err := s.roundTripTo(ctx, bye, d.source)
		if err == nil && auth.again(response) {
			continue
		}
		s.log.Debug("second branch of a forked call hung up", "call_id", d.callID, "error", err)
		return
	}
}

// branchRequest builds a request to a branch.
func (s *Server) branchRequest(d *dialog, method sip.RequestMethod) *sip.Request {
	request := d.request(method, d.localSeq, s.via(d.transport, d.source.Addr()))
	request.SetBody(nil)
	s.setDestination(request, d)
	return request
}

// copyCredentials gives an ACK the credentials of its INVITE: nobody may challenge it
// (RFC 3261 §22.1).
func copyCredentials(invite, ack *sip.Request) {
	sip.CopyHeaders("Proxy-Authorization", invite, ack)
	sip.CopyHeaders("Authorization", invite, ack)
}
