package media

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/switchhook/switchhook/internal/sfu"
)

// link is one peer connection of a peer.
type link struct {
	peer        *Peer
	fingerprint string
	pc          *webrtc.PeerConnection
	sent        *excess
	consent     *consent
	once        sync.Once
	work        sync.WaitGroup // readers
	shown       sync.Map       // SSRCs of pictures that are sent, and of their repetitions

	mu     sync.Mutex // held around memory
	up     bool       // the peer has been told that it is
	writer webrtc.TrackLocalWriter
	copies uint8  // payload type of redundant audio data; 0: there is none
	camera string // mid of the line of the client's camera; "": there is none
	screen string

	header rtp.Header // of the stream's goroutine
}

// newSSRC draws the number of what a peer is sent. It is not 0, which draws another.
func newSSRC() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.BigEndian.Uint32(b[:]) | 1
}

func (p *Peer) newLink(fingerprint string) (*link, error) {
	l := &link{peer: p, fingerprint: fingerprint}
	l.consent = newConsent(&p.engine.claims, l.mayBeUp, l.lapsed)
	pc, sent, err := p.engine.newConnection(l.consent, l.end, l.hear)
	if err != nil {
		return nil, err
	}
	l.pc, l.sent = pc, sent
	p.engine.consents.add(l.consent)
	pc.OnConnectionStateChange(l.stateChanged)
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		if track.Kind() != webrtc.RTPCodecTypeAudio {
			l.readPictures(track, receiver)
			return
		}
		l.work.Go(func() { l.read(func(b []byte) (int, error) { n, _, err := track.Read(b); return n, err }) })
		l.read(func(b []byte) (int, error) { n, _, err := receiver.Read(b); return n, err })
	})
	sender, err := pc.AddTransceiverFromTrack(l, webrtc.RTPTransceiverInit{
		Direction:     webrtc.RTPTransceiverDirectionSendrecv,
		SendEncodings: []webrtc.RTPEncodingParameters{{RTPCodingParameters: webrtc.RTPCodingParameters{SSRC: webrtc.SSRC(p.ssrc)}}},
	})
	if err != nil {
		l.close()
		return nil, err
	}
	l.watchPath(sender.Sender())
	l.work.Go(func() {
		l.read(func(b []byte) (int, error) { n, _, err := sender.Sender().Read(b); return n, err })
	})
	return l, nil
}

// gatherTime bounds the search for our own addresses, which are known.
const gatherTime = 3 * time.Second

// answer negotiates. An error that is the offer's fault is an ErrOffer.
func (l *link) answer(ctx context.Context, offer offer) (string, error) {
	if err := l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.text}); err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	l.mu.Lock()
	l.camera, l.screen = offer.camera, offer.screen
	l.mu.Unlock()
	if l.peer.pictures != nil {
		l.peer.pictures.Source(sfu.Camera).Offer(offer.encodings)
	}
	if err := l.addSlots(offer.slots); err != nil {
		return "", err
	}
	answer, err := l.pc.CreateAnswer(nil)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(answer); err != nil {
		return "", fmt.Errorf("%w: %w", ErrOffer, err)
	}
	ctx, cancel := context.WithTimeout(ctx, gatherTime)
	defer cancel()
	select {
	case <-gathered:
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	said := l.pc.LocalDescription().SDP
	l.agree(said, offer.theirs)
	bound, copies := l.bound()
	if !bound {
		return "", fmt.Errorf("%w: we have no codec in common", ErrOffer)
	}
	return refuse(withFirst(withOpusParameters(said), copies), offer.refused), nil
}

// bound reports whether a codec has been agreed on, and whether redundant audio data.
func (l *link) bound() (is bool, copies uint8) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.writer != nil, l.copies
}

// maxPacket bounds a packet of a client, in bytes.
const maxPacket = 1500

// read gives what comes to the peer until the connection is closed.
func (l *link) read(next func([]byte) (int, error)) {
	packet := make([]byte, maxPacket)
	for {
		n, err := next(packet)
		if err != nil {
			return
		}
		l.peer.receive(l, packet[:n])
	}
}

// close ends the connection beside the caller: pion may take its time.
func (l *link) close() {
	l.once.Do(func() {
		l.peer.engine.consents.remove(l.consent)
		l.consent.end()
		l.peer.engine.closing.Go(func() {
			if err := l.pc.Close(); err != nil {
				l.peer.engine.log.Debug("peer connection not closed cleanly", "error", err)
			}
			l.sent.close()
			l.work.Wait()
		})
	})
}

// end is the end of a connection whose client does not behave: no other replaces it.
func (l *link) end() {
	l.close()
	if l.peer.now.Load() == l && !l.peer.closed.Load() {
		l.peer.changed(Gone)
	}
}

// send writes a packet of the stream.
func (l *link) send(packet []byte) (int, error) {
	l.mu.Lock()
	writer := l.writer
	l.mu.Unlock()
	if writer == nil {
		return 0, nil
	}
	n, err := l.header.Unmarshal(packet)
	if err != nil {
		return 0, err
	}
	return writer.WriteRTP(&l.header, packet[n:])
}

func (l *link) sendRTCP(packet []byte) {
	if reports, err := rtcp.Unmarshal(packet); err == nil {
		_ = l.pc.WriteRTCP(reports) // before DTLS is up, and after the end, nobody hears them
	}
}
