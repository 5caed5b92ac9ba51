package doctor

import (
	"context"
	"fmt"
	"net"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/listen"
)

// Browsers says whether Firefox on this machine can call a server whose media are for this
// machine alone (docs/decisions/0031). Of other media there is nothing to say.
func Browsers(ctx context.Context, cfg config.Config) []Finding {
	if host, _, err := net.SplitHostPort(cfg.WebRTC); err != nil || host != "localhost" {
		return nil
	}
	own, _ := net.InterfaceAddrs() // without one, there is no other address
	return []Finding{mediaOfThisMachine(cfg.WebRTC, listen.OnlyThisMachine(ctx), own)}
}

// mediaOfThisMachine is the finding about media on localhost. filter is why their sockets cannot
// be kept to this machine; nil: they can.
func mediaOfThisMachine(listener string, filter error, own []net.Addr) Finding {
	const others = "Firefox sends no media there, other browsers do; for Firefox, set --webrtc to an address of the network, such as 0.0.0.0:3478, which other machines reach too"
	if filter != nil {
		return Finding{Note, fmt.Sprintf("media of browsers (webrtc %s): on 127.0.0.1 alone: %v", listener, filter), others}
	}
	for _, one := range own {
		if network, is := one.(*net.IPNet); is && network.IP.IsGlobalUnicast() {
			return Finding{State: OK, What: fmt.Sprintf("media of browsers (webrtc %s): on all addresses, for browsers of this machine alone", listener)}
		}
	}
	return Finding{Note, fmt.Sprintf("media of browsers (webrtc %s): this machine has no address but 127.0.0.1", listener),
		"Firefox sends no media there, other browsers do; for Firefox, connect the machine to a network"}
}
