package sip

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/gate"
)

// Refusals is what was turned away since the start.
type Refusals = gate.Refusals

// Refusals returns the counts.
func (s *Server) Refusals() Refusals { return s.gate.Counts.Refusals() }

// peers tells the gate whom the server knows.
type peers struct{ server *Server }

func (p peers) IsTrunk(from netip.Addr) bool { return p.server.trunks.Knows(from) }

func (p peers) IsRegistered(from netip.AddrPort) bool {
	return p.server.hasFlow(registrar.Flow{Transport: "UDP", Source: from})
}

func (p peers) HasCall(callID string) bool { return p.server.legs.knows(callID) }

func (p peers) Authenticates() bool { return p.server.authenticates() }

var errFlood = errors.New("the unknown source exceeds its rate")

// filterReads is sipgo's read filter: it asks the gate about each datagram, and
// about what the connections of unknown sources send. An empty result drops a
// datagram before sipgo remembers its sender.
func (s *Server) filterReads(from sip.TransportReadProps, data []byte) ([]byte, error) {
	source, now := addressOf(from.RemoteAddr), time.Now()
	if from.Transport != "UDP" { // connections were counted when they were accepted; requests are checked at receive
		if s.gate.Connections.IsUnknown(source) && !s.gate.Stream(source, now) {
			return nil, errFlood
		}
		return data, nil
	}
	if isSTUN(data) {
		if s.gate.KeepAlive(source, now) {
			if response := bindingResponse(data, source); response != nil {
				s.udp.WriteTo(response, from.RemoteAddr)
			}
		}
		return nil, nil
	}
	pass, reply := s.gate.Datagram(data, source, now)
	if reply.Data != nil {
		s.udp.WriteTo(reply.Data, net.UDPAddrFromAddrPort(reply.To))
	}
	if !pass {
		return nil, nil
	}
	s.traceRead(source, data, now)
	return data, nil
}

// addressOf reads the address of a socket's peer.
func addressOf(address net.Addr) netip.AddrPort {
	if udp, ok := address.(*net.UDPAddr); ok {
		at := udp.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
	}
	parsed, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(parsed.Addr().Unmap().WithZone(""), parsed.Port())
}

// countUnreadable counts the messages that sipgo cannot read, which it tells to its
// log alone, and passes records on to be debugged.
type countUnreadable struct {
	slog.Handler
	count func()
}

func (h countUnreadable) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || h.Handler.Enabled(ctx, level)
}

func (h countUnreadable) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "failed to parse" {
		h.count()
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h countUnreadable) WithAttrs(attrs []slog.Attr) slog.Handler {
	return countUnreadable{h.Handler.WithAttrs(attrs), h.count}
}

func (h countUnreadable) WithGroup(name string) slog.Handler {
	return countUnreadable{h.Handler.WithGroup(name), h.count}
}
