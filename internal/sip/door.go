package sip

import (
	"bytes"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
)

// What strangers may cost us.
const (
	strangerPackets = 100 // datagrams of strangers that are read, a second
	strangerConns   = 64  // connections of strangers at one time
	strangerTime    = 10 * time.Second
	maxConns        = 4096 // connections at one time
	warnEvery       = 10 * time.Second
)

// door looks at everybody who knocks. Trunks pass; a stranger's request is
// answered 403 without keeping anything of it, and beyond a rate not at all.
// Requests inside a call that lives pass, wherever they come from: their tags
// are the key.
type door struct {
	server  *Server
	reads   limiter // of all strangers
	sources sources // of each
	friends friends // who are none
	warns   limiter

	guests           sync.Map // strangers' connections that may yet show credentials, by their address
	conns, strangers atomic.Int64
	refused          atomic.Uint64 // since the last warning
}

func newDoor(s *Server) *door {
	return &door{
		server: s,
		reads:  limiter{rate: strangerPackets, burst: 2 * strangerPackets},
		warns:  limiter{rate: 1 / warnEvery.Seconds(), burst: 1},
	}
}

var errFlood = errors.New("a stranger sends too much")

// filter is sipgo's read filter. An empty result drops a datagram before sipgo
// remembers its sender.
func (d *door) filter(from sip.TransportReadProps, data []byte) ([]byte, error) {
	address := addressOf(from.RemoteAddr)
	if from.Transport != "UDP" { // connections were counted at guard; requests are checked at receive
		if _, guest := d.guests.Load(from.RemoteAddr.String()); guest && !d.sources.allow(address.Addr()) {
			d.server.refusals.dropped.Add(1)
			return nil, errFlood
		}
		return data, nil
	}
	known := d.server.trunks.Knows(address.Addr())
	if isSTUN(data) {
		if known || d.sources.allow(address.Addr()) && d.reads.allow() {
			if response := bindingResponse(data, address); response != nil {
				d.server.udp.WriteTo(response, from.RemoteAddr)
			}
		}
		return nil, nil
	}
	if known {
		return d.pass(data, from.RemoteAddr)
	}
	if len(bytes.Trim(data, "\r\n\x00")) == 0 { // a telephone keeps its NAT open
		return nil, nil
	}
	registered := d.server.hasFlow(registrar.Flow{Transport: "UDP", Source: address})
	if !registered && !d.friends.knows(address, time.Now()) && (!d.sources.allow(address.Addr()) || !d.reads.allow()) {
		d.refused.Add(1)
		d.server.refusals.dropped.Add(1)
		return nil, nil
	}
	message, err := sip.ParseMessage(data)
	if err != nil || message.CallID() == nil { // a stranger's nonsense gets no answer
		d.server.refusals.malformed.Add(1)
		return nil, nil
	}
	if d.server.legs.knows(message.CallID().Value()) {
		return data, nil
	}
	request, ok := message.(*sip.Request)
	if !ok { // the answer of a telephone that we asked whether it lives
		if registered {
			return data, nil
		}
		return nil, nil
	}
	if d.server.worthReading(request) {
		return d.pass(data, from.RemoteAddr)
	}
	if !request.IsAck() {
		d.answer(request, from.RemoteAddr)
	}
	return nil, nil
}

// pass lets a datagram of somebody who may call in, unless there is too much to do.
func (d *door) pass(data []byte, from net.Addr) ([]byte, error) {
	if !d.server.gate.screen(data, from) {
		return nil, nil
	}
	return data, nil
}

// answer refuses a stranger's datagram, or asks for credentials, without
// keeping anything of it.
func (d *door) answer(request *sip.Request, to net.Addr) {
	source := addressOf(to)
	request.SetTransport("UDP")
	request.SetSource(source.String())
	refusal := sip.NewResponseFromRequest(request, sip.StatusForbidden, "Forbidden", nil)
	if d.server.authenticates() && !request.IsCancel() {
		refusal = sip.NewResponseFromRequest(request, sip.StatusUnauthorized, "Unauthorized", nil)
		for _, field := range d.server.challenges(false) {
			refusal.AppendHeader(field)
		}
	} else {
		d.turnAway(source.Addr(), request.Method)
	}
	d.server.udp.WriteTo([]byte(refusal.String()), to)
}

// turnAway logs a refused stranger, at a bounded rate.
func (d *door) turnAway(address netip.Addr, method sip.RequestMethod) {
	d.refused.Add(1)
	d.server.refusals.strangers.Add(1)
	if d.warns.allow() {
		d.server.log.Warn("request from an address that is no trunk's", "source", address, "method", method, "since_last_warning", d.refused.Swap(0))
	}
}

// guard bounds connections. A stranger's lives for a few seconds: long enough
// to read 403, too short to hold many.
func (d *door) guard(inner net.Listener) net.Listener { return &guarded{inner, d} }

type guarded struct {
	net.Listener
	door *door
}

// Accept returns the next connection that may stay.
func (g *guarded) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		known := g.door.server.trunks.Knows(addressOf(conn.RemoteAddr()).Addr())
		if visit, ok := g.door.enter(conn, known); ok {
			return visit, nil
		}
	}
}

// limiter is a token bucket.
type limiter struct {
	rate, burst float64

	mu     sync.Mutex
	tokens float64
	last   time.Time
}

// allow takes a token, if there is one.
func (l *limiter) allow() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.last.IsZero() {
		l.tokens = l.burst
	} else {
		l.tokens = min(l.burst, l.tokens+l.rate*now.Sub(l.last).Seconds())
	}
	l.last = now
	if l.tokens < 1 {
		return false
	}
	l.tokens--
	return true
}

// addressOf reads the address of a socket's peer.
func addressOf(address net.Addr) netip.AddrPort {
	parsed, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(parsed.Addr().Unmap().WithZone(""), parsed.Port())
}
