package sip

import (
	"context"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// authorizedRoundTrip is roundTrip for a request that may be challenged: build makes each
// attempt.
func (s *Server) authorizedRoundTrip(ctx context.Context, auth *authorization, build func(cseq uint32) *sip.Request) (*sip.Response, error) {
	for cseq := uint32(1); ; cseq++ {
		request := build(cseq)
		auth.sign(request)
		response, err := s.roundTrip(ctx, request)
		if err != nil || !auth.again(response) {
			return response, err
		}
	}
}

// roundTrip sends a request outside a dialog and returns its final response.
func (s *Server) roundTrip(ctx context.Context, request *sip.Request) (*sip.Response, error) {
	return s.roundTripTo(ctx, request, netip.AddrPort{})
}

// roundTripTo is roundTrip for a request to a peer that was heard at an address.
func (s *Server) roundTripTo(ctx context.Context, request *sip.Request, heard netip.AddrPort) (*sip.Response, error) {
	to, err := s.reachPeer(ctx, nil, request, heard)
	if err != nil {
		return nil, err
	}
	defer release(to)
	type outcome struct {
		response *sip.Response
		err      error
	}
	done := make(chan outcome, 1) // a final response and a failure come once
	tx, err := s.transactions.Request(request, to, transaction.User{Answered: func(response *sip.Response, err error) {
		if err != nil || !response.IsProvisional() {
			done <- outcome{response, err}
		}
	}})
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	select {
	case o := <-done:
		return o.response, o.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
