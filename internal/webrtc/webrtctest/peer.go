package webrtctest

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
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

// parameters are the client's codec as pion names it.
func (c *Client) parameters() webrtc.RTPCodecParameters {
	if c.Codec == codec.Opus {
		return webrtc.RTPCodecParameters{PayloadType: opus, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		}}
	}
	return webrtc.RTPCodecParameters{PayloadType: 9, RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeG722, ClockRate: 8000}}
}

func (c *Client) newPeerConnection() (*webrtc.PeerConnection, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(c.parameters(), webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	if c.Copies {
		if err := engine.RegisterCodec(redundant, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	if c.Slots > 0 {
		if err := registerPictures(engine); err != nil {
			return nil, err
		}
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetRelayAcceptanceMinWait(0)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	options := []func(*webrtc.API){webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)}
	if c.Deaf && c.Slots == 0 {
		reports := &interceptor.Registry{} // as browsers send them, and no more: each of pion's defaults wakes up often
		if err := webrtc.ConfigureRTCPReports(reports); err != nil {
			return nil, err
		}
		options = append(options, webrtc.WithInterceptorRegistry(reports))
	}
	return webrtc.NewAPI(options...).NewPeerConnection(c.configuration())
}

// configuration is that of the client's media: direct, or by a relay alone.
func (c *Client) configuration() (made webrtc.Configuration) {
	if c.Relayed == "" {
		return made
	}
	made.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	for _, server := range c.Welcome.IceServers {
		for _, url := range server.Urls {
			if strings.Contains(url, c.Relayed) {
				made.ICEServers = append(made.ICEServers, webrtc.ICEServer{URLs: []string{url}, Username: server.Username, Credential: server.Credential})
			}
		}
	}
	return made
}

// Connect negotiates media for a call, and waits until it is connected. Close the peer.
func (c *Client) Connect(ctx context.Context, call string) (*Peer, error) {
	return c.connectMedia(ctx, call, 0)
}

// ConnectAgain does so with another peer connection, in the place of one.
func (c *Client) ConnectAgain(ctx context.Context, before *Peer) (*Peer, error) {
	return c.connectMedia(ctx, before.Call, before.offers)
}

func (c *Client) connectMedia(ctx context.Context, call string, offers int) (*Peer, error) {
	pc, err := c.newPeerConnection()
	if err != nil {
		return nil, err
	}
	p := &Peer{
		Call: call, client: c, PC: pc, offers: offers, Heard: audiotest.NewListener(c.Codec.SampleRate),
		said: inbox.NewSignal(), stop: make(chan struct{}), states: make(chan webrtc.PeerConnectionState, 16),
	}
	if c.Mute {
		p.Say(Nothing)
	}
	sends := c.parameters()
	if c.Copies {
		sends = redundant
	}
	if p.track, err = webrtc.NewTrackLocalStaticRTP(sends.RTPCodecCapability, "microphone", "page"); err != nil {
		return nil, err
	}
	if _, err := pc.AddTrack(p.track); err != nil {
		return nil, err
	}
	if c.Slots > 0 {
		if err := p.addPictures(c.Slots); err != nil {
			return nil, err
		}
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		if track.Kind() == webrtc.RTPCodecTypeVideo {
			p.see(track, receiver)
			return
		}
		p.hear(track, receiver)
	})
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		select {
		case p.states <- s:
		default:
		}
	})
	if err := p.Offer(ctx, false); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.WaitState(ctx, webrtc.PeerConnectionStateConnected); err != nil {
		p.Close()
		return nil, err
	}
	p.work.Go(p.speak)
	if c.Slots > 0 {
		p.startPictures()
	}
	return p, nil
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

// Nothing is what a peer says that sends no packet.
const Nothing = -1

// Say says a tone from now on; 0 is silence, which is sent too.
func (p *Peer) Say(frequency int) {
	p.frequency.Store(int64(frequency))
	p.said.Set()
}

// Received counts the packets that came.
func (p *Peer) Received() uint64 { return p.received.Load() }

// speak sends a packet every 20 ms.
func (p *Peer) speak() {
	c := p.client.Codec
	encoder := c.NewEncoder()
	frame := make([]int16, c.Samples())
	payload := make([]byte, codec.MaxPayload)
	ticker := time.NewTicker(audio.FrameDuration)
	defer ticker.Stop()
	var copies redundancy
	packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: uint8(p.client.parameters().PayloadType)}}
	for at := 0; ; at += len(frame) {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		if p.frequency.Load() == Nothing {
			packet.Timestamp += uint32(p.rest(ticker)) * uint32(c.Ticks())
			continue
		}
		clear(frame)
		f := float64(p.frequency.Load())
		if f > 0 {
			for i := range frame {
				frame[i] = int16(8000 * math.Sin(2*math.Pi*f*float64(at+i)/float64(c.SampleRate)))
			}
		}
		packet.Payload = payload[:encoder.Encode(payload, frame)]
		if p.client.Copies {
			packet.Payload = copies.add(packet.Payload, uint16(c.Ticks()))
		}
		if !p.client.Copies || packet.SequenceNumber%2 == 0 {
			_ = p.track.WriteRTP(&packet) // fails at the end alone
		}
		packet.SequenceNumber++
		packet.Timestamp += uint32(c.Ticks())
	}
}

// rest waits until the peer says something else than nothing, and returns how many packets
// it has left out.
func (p *Peer) rest(ticker *time.Ticker) (packets int) {
	began := time.Now()
	ticker.Stop()
	defer ticker.Reset(audio.FrameDuration)
	for p.frequency.Load() == Nothing {
		select {
		case <-p.said:
		case <-p.stop:
			return 0
		}
	}
	return 1 + int(time.Since(began)/audio.FrameDuration)
}

// hear decodes what comes.
func (p *Peer) hear(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
	if p.client.Deaf {
		p.count(track)
		return
	}
	decoder := p.client.Codec.NewDecoder()
	frame := make([]int16, p.client.Codec.Samples())
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		p.received.Add(1)
		if n := decoder.Decode(frame, packet.Payload); n == len(frame) {
			p.Heard.WriteFrame(frame)
		}
	}
}

// count counts what comes.
func (p *Peer) count(track *webrtc.TrackRemote) {
	packet := make([]byte, 1500)
	for {
		if _, _, err := track.Read(packet); err != nil {
			return
		}
		p.received.Add(1)
	}
}

// WaitTone waits until the peer hears a tone for 200 ms.
func (p *Peer) WaitTone(ctx context.Context, frequency float64) error {
	return p.Heard.WaitTone(ctx, frequency, 200*time.Millisecond)
}

// WaitSilence waits until the peer hears nothing for 300 ms.
func (p *Peer) WaitSilence(ctx context.Context) error {
	return p.Heard.WaitSilence(ctx, 300*time.Millisecond)
}

// Close ends the connection, without a word to the server.
func (p *Peer) Close() {
	close(p.stop)
	p.work.Wait()
	p.PC.Close()
}
