package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/webrtc"
)

// openPhones makes the SIP side. It listens from serve on.
func (p *parts) openPhones(context.Context) (err error) {
	if p.cfg.SIP == "" {
		return nil
	}
	bind, err := bindAddress(p.cfg.SIP)
	if err != nil {
		return err
	}
	ports := rtp.NewPorts(rtp.Config{Low: uint16(p.cfg.RTPPorts.Low), High: uint16(p.cfg.RTPPorts.High), Bind: bind, Depth: p.cfg.MediaDepth})
	p.ports = ports
	p.metrics.MustRegister(metrics.Ports(ports), metrics.PortsLimit(ports))
	p.phones = sip.New(sip.Config{
		Listen: p.cfg.SIP, ListenTLS: p.cfg.SIPS,
		TLS: sipsConfig(p.cert, p.cfg.SIPSClients), ClientTLS: trunkTLS(p.cert),
		Permit: p.permits, Proxied: p.proxied, Public: p.cfg.SIPPublic,

		AttestationHeader: p.cfg.AttestationHeader,
		Strain:            p.strain,
		MediaTimeout:      p.cfg.MediaTimeout,
		UserAgent:         sipRealm,
		Phones:            p.registrar,
		Digests:           p.cfg.SIPDigests,
		UserPorts:         p.cfg.UserPorts,
		TrunkPorts:        p.cfg.TrunkPorts,
		Origins:           p.cfg.WebSocketOrigins,
		Strangers:         connlimit.Strangers(p.connections()),
		Tracer:            p.sipTracer(),
	}, p.trunks, p.calls, ports, p.log.With("part", "sip"))
	p.metrics.MustRegister(metrics.TrunkHealth(p.phones), metrics.Load(p.phones))
	if hub := p.insight.Load(); hub != nil {
		phones := p.phones
		hub.Overloaded(func() bool { return phones.Load().Limited })
	}
	p.later(func() error { p.phones.Close(); return nil })
	return nil
}

// sipsConfig is how callers over TLS are met: where authorities of clients are
// given, they must show a certificate of theirs.
func sipsConfig(cert Certificate, clients *x509.CertPool) *tls.Config {
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: cert.GetCertificate}
	if clients != nil {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, clients
	}
	return config
}

// bindAddress is the address that RTP is received on: that of the SIP listener.
func bindAddress(listener string) (netip.Addr, error) {
	host, _, err := net.SplitHostPort(listener)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("--sip: %w", err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if host == "" {
		return everyAddress(), nil
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("--sip: %q is not an address of this machine: %w", host, err)
	}
	return address, nil
}

// everyAddress is where a listener without a host is heard: on IPv6 and IPv4, where the machine
// has both.
func everyAddress() netip.Addr {
	probe, err := net.ListenPacket("udp", ":0")
	if err != nil {
		return netip.IPv4Unspecified()
	}
	defer probe.Close()
	return probe.LocalAddr().(*net.UDPAddr).AddrPort().Addr()
}

// dialers reach phones: numbers over trunks, and the telephones of users. The SIP
// side is made after the calls, so they look for it when they are used.
func (p *parts) dialers() call.Dialers {
	return call.Dialers{Numbers: numberDialer{p}, Phones: phoneDialer{p}}
}

type numberDialer struct{ p *parts }

// Dial starts a leg over a trunk.
func (d numberDialer) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	if d.p.phones == nil {
		return nil, errNoPhones
	}
	return d.p.phones.Numbers().Dial(ctx, d.p.shownAs(in), report)
}

type phoneDialer struct{ p *parts }

// Dial starts a leg to a telephone of a user, or to a browser.
func (d phoneDialer) Dial(ctx context.Context, in call.Invitation, report func(call.Report)) (call.Leg, error) {
	switch {
	case webrtc.IsClient(in.Device):
		return d.p.browsers.Load().Dial(ctx, in, report)
	case d.p.phones == nil:
		return nil, errNoPhones
	}
	return d.p.phones.Phones().Dial(ctx, in, report)
}

// announcer tells Event Grid's subscribers of calls.
type announcer struct{ grid *eventgrid.Grid }

// IncomingCall publishes the event of a call that waits for an application.
func (a announcer) IncomingCall(in call.IncomingCall) int {
	e := eventgrid.IncomingCall{
		To: in.To, From: in.From, ServerCallID: in.ServerCallID, CallerDisplayName: in.DisplayName,
		IncomingCallContext: in.Context, CorrelationID: in.CorrelationID, At: in.At,
	}
	if in.Added || len(in.SIPHeaders)+len(in.VoIPHeaders) > 0 {
		e.CustomContext = &eventgrid.CustomContext{SIPHeaders: in.SIPHeaders, VoIPHeaders: in.VoIPHeaders}
	}
	return a.grid.IncomingCall(e)
}
