package media

import (
	"net"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// addressRate is how many addresses a connection may be checked from. pion keeps each
// (RFC 8445 §7.3.1.3), and looks through all for each packet of another one. A browser
// has one for each of its networks, NATs and families, and more when it moves.
var addressRate = ratelimit.Rate{PerSecond: 1. / 30, Burst: 64}

// newConnection makes a peer connection with a consent, and with bounds of its own on what its client may cost:
// addresses, sources, reports. end is called where the client goes beyond them. hear gets
// each report when it comes, and returns false for those that wait until pion reads them.
// sent is closed after the connection.
func (e *Engine) newConnection(asked *consent, end func(), hear func(ssrc uint32, report []byte) bool) (pc *webrtc.PeerConnection, sent *excess, err error) {
	addresses, sent := ratelimit.NewBucket(addressRate), newExcess(e.log, &e.waiting, end)
	sent.hear = hear
	settings := e.settings
	settings.BufferFactory = sent.buffer
	settings.LoggerFactory = watched{settings.LoggerFactory, sent}
	// pion asks for each address that it does not know, once the password was right. We
	// are ICE-lite and read no candidates, so it asks for no others.
	settings.SetRemoteIPFilter(func(net.IP) bool { return addresses.Allow(time.Now()) })
	settings.SetICEUDPMux(consentMux{e.muxUDP, asked, e})
	settings.SetICETCPMux(boundedMux{e.muxTCP, &asked.handshakes})
	settings.SetICEBindingRequestHandler(new(firstCheck).take)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(e.codecs), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(e.interceptors))
	pc, err = api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{e.certificate}})
	if err != nil {
		sent.close()
	}
	return pc, sent, err
}
