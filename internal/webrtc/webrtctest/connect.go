package webrtctest

import (
	"context"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/inbox"
)

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
	p, err := c.newPeer(call, offers)
	if err != nil {
		return nil, err
	}
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

// newPeer has everything that an offer is made of.
func (c *Client) newPeer(call string, offers int) (*Peer, error) {
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
	if err := p.addTracks(); err != nil {
		pc.Close()
		return nil, err
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
	return p, nil
}

// addTracks adds the microphone, and the lines of pictures where there are some.
func (p *Peer) addTracks() (err error) {
	sends := p.client.parameters()
	if p.client.Copies {
		sends = redundant
	}
	if p.track, err = webrtc.NewTrackLocalStaticRTP(sends.RTPCodecCapability, "microphone", "page"); err != nil {
		return err
	}
	if _, err := p.PC.AddTrack(p.track); err != nil || p.client.Slots == 0 {
		return err
	}
	return p.addPictures(p.client.Slots)
}
