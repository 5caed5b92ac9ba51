package webrtctest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// Peer is the media of a client in a call, in the client's codec.
type Peer struct {
	Call  string
	Heard *audiotest.Listener // what came, at 16 kHz
	PC    *webrtc.PeerConnection

	client    *Client
	track     *webrtc.TrackLocalStaticRTP
	offers    int
	frequency atomic.Int64 // Hz, that is said; 0: silence
	said      inbox.Signal // it says something else
	received  atomic.Uint64
	stop      chan struct{}
	work      sync.WaitGroup
	states    chan webrtc.PeerConnectionState
	Pictures
}

// Offer negotiates, perhaps with new credentials of ICE.
func (p *Peer) Offer(ctx context.Context, restart bool) error {
	offer, err := p.PC.CreateOffer(&webrtc.OfferOptions{ICERestart: restart})
	if err != nil {
		return err
	}
	if err := p.PC.SetLocalDescription(offer); err != nil {
		return err
	}
	p.offers++
	answer, err := p.client.Do(ctx, &protocol.MediaOffer{Call: p.Call, N: p.offers, SDP: offer.SDP})
	if err != nil {
		return err
	}
	accepted, ok := answer.(*protocol.MediaAnswer)
	if !ok {
		return &Refused{answer}
	}
	sdp := accepted.SDP
	if p.client.Network != nil {
		sdp = p.client.Network.Through(sdp)
	}
	return p.PC.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp})
}

// WaitState waits until the connection has been in a state.
func (p *Peer) WaitState(ctx context.Context, want webrtc.PeerConnectionState) error {
	for {
		select {
		case s := <-p.states:
			if s == want {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("the connection is not %s: %w", want, context.Cause(ctx))
		}
	}
}

// Close ends the connection, without a word to the server.
func (p *Peer) Close() {
	close(p.stop)
	p.work.Wait()
	p.PC.Close()
}
