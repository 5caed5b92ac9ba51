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

// newConnection makes a peer connection, whose client may come from so many addresses,
// and send so much beside what is wanted of it, which sent counts and is closed after it;
// end is called where it sends more. hear gets reports about a source when they come, and returns false for those that are to
// wait until pion reads them.
func (e *Engine) newConnection(end func(), hear func(ssrc uint32, report []byte) bool) (pc *webrtc.PeerConnection, sent *excess, err error) {
	addresses, sent := ratelimit.NewBucket(addressRate), newExcess(e.log, &e.waiting, end)
	sent.hear = hear
	settings := e.settings
	settings.BufferFactory = sent.buffer
	settings.LoggerFactory = watched{settings.LoggerFactory, sent}
	// pion asks for each address that it does not know, once the password was right. We
	// are ICE-lite and read no candidates, so it asks for no others.
	settings.SetRemoteIPFilter(func(net.IP) bool { return addresses.Allow(time.Now()) })
	api := webrtc.NewAPI(webrtc.WithMediaEngine(e.codecs), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(e.interceptors))
	pc, err = api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{e.certificate}})
	return pc, sent, err
}
