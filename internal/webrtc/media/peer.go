package media

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sfu"
)

// State is how a peer's path is:
//
//	new ──> connected <──> interrupted ──120 s──> gone
//
// A client that closes its connection (DTLS close_notify) may be replacing it: its path
// is interrupted, and gone if no other has come within replaceTime.
type State uint8

// The states.
const (
	Connected   State = iota + 1 // packets pass
	Interrupted                  // none have come for some seconds; an ICE restart may help
	Gone                         // for good
)

// replaceTime is how long a client that has closed its connection has to offer another.
const replaceTime = 15 * time.Second

// Peer is the sound of one client in one call. Its Port outlives a peer connection that
// the client replaces.
type Peer struct {
	engine  *Engine
	stream  *rtp.AsyncStream
	ssrc    uint32
	changed func(State)
	closed  atomic.Bool
	came    atomic.Int64 // how often a path has come up
	gate    atomic.Bool  // closed: no packet of the client's is heard

	pictures *sfu.Client // nil: the peer has none

	receiving sync.Mutex // one goroutine at a time gives packets to the stream

	turn sync.Mutex // one negotiation at a time
	link *link      // under turn; nil before the first offer
	now  atomic.Pointer[link]
}

// NewPeer makes a peer that is silent until it is offered something. changed hears of
// its path, from pion's goroutines; it must not block. onTone hears of the keys that the
// client presses. Close the peer, and its Port.
func (e *Engine) NewPeer(changed func(State), onTone func(key byte)) *Peer {
	p := &Peer{engine: e, changed: changed, ssrc: newSSRC()}
	p.stream = rtp.NewAsyncStream(rtp.StreamConfig{Output: p, SSRC: p.ssrc, Discontinuous: true})
	p.stream.OnTone(onTone)
	return p
}

// Port is the peer's sound. Whoever has joined it to a mix leaves it to that to close.
func (p *Peer) Port() *rtp.AsyncStream { return p.stream }

// SetGate says whether the client is heard. A closed gate drops its packets before they
// are decoded, whatever was negotiated.
func (p *Peer) SetGate(open bool) { p.gate.Store(!open) }

// errClosed is an offer for a peer that is over.
var errClosed = errors.New("the peer is closed")

// Offer answers an offer. A client that restarts ICE keeps its connection; one that
// shows another certificate has made a new one, and gets a new one.
func (p *Peer) Offer(ctx context.Context, text string) (answer string, err error) {
	read, err := readOffer(text)
	if err != nil {
		return "", err
	}
	p.turn.Lock()
	defer p.turn.Unlock()
	if p.closed.Load() {
		return "", errClosed
	}
	before := p.link
	if before == nil || before.fingerprint != read.fingerprint {
		if p.link, err = p.newLink(read.fingerprint); err != nil {
			p.link = before
			return "", err
		}
	}
	answer, err = p.link.answer(ctx, read)
	if err != nil {
		if p.link != before {
			p.link.close()
			p.link = before
		}
		return "", err
	}
	p.now.Store(p.link)
	if p.pictures != nil && p.link != before {
		p.pictures.SetAway(p.link.pc.ConnectionState() != webrtc.PeerConnectionStateConnected)
	}
	if before != nil && p.link != before {
		before.close()
	}
	if p.closed.Load() { // meanwhile
		p.link.close()
		return "", errClosed
	}
	return answer, nil
}

// Close ends the connection. It returns at once. The Port is not closed.
func (p *Peer) Close() {
	if p.closed.Swap(true) {
		return
	}
	if link := p.now.Load(); link != nil {
		link.close()
	}
	if p.pictures != nil {
		p.engine.closing.Go(p.pictures.Close)
	}
}

// SendRTP implements rtp.Output.
func (p *Peer) SendRTP(packet []byte) (int, error) {
	if link := p.now.Load(); link != nil {
		return link.send(packet)
	}
	return 0, nil
}

// SendRTCP implements rtp.Output.
func (p *Peer) SendRTCP(packet []byte) {
	if link := p.now.Load(); link != nil {
		link.sendRTCP(packet)
	}
}

// receive takes a packet of the client's.
func (p *Peer) receive(from *link, packet []byte) {
	if p.now.Load() != from || p.gate.Load() && !isRTCP(packet) {
		return
	}
	p.receiving.Lock()
	p.stream.Receive(packet, time.Now())
	p.receiving.Unlock()
}

// isRTCP tells the two apart on one port (RFC 5761 §4).
func isRTCP(packet []byte) bool { return len(packet) > 1 && packet[1] >= 192 && packet[1] <= 223 }

// tell reports the state of the connection in use.
func (p *Peer) tell(from *link, state webrtc.PeerConnectionState) {
	if p.now.Load() != from || p.closed.Load() {
		return
	}
	switch state {
	case webrtc.PeerConnectionStateConnected:
		p.came.Add(1)
		from.proveClient()
		p.setAway(false)
		p.changed(Connected)
	case webrtc.PeerConnectionStateDisconnected:
		p.setAway(true)
		p.changed(Interrupted)
	case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed: // pion says either when DTLS ends
		p.interrupted(from, replaceTime)
	}
}

// interrupted is the end of a path; the peer is gone if no other has come within a time.
func (p *Peer) interrupted(from *link, within time.Duration) {
	if p.now.Load() != from || p.closed.Load() {
		return
	}
	p.setAway(true)
	p.changed(Interrupted)
	came := p.came.Load()
	time.AfterFunc(within, func() {
		if p.now.Load() == from && p.came.Load() == came && !p.closed.Load() {
			p.changed(Gone)
		}
	})
}

// setAway says whether pictures can be sent.
func (p *Peer) setAway(away bool) {
	if p.pictures != nil {
		p.pictures.SetAway(away)
	}
}
