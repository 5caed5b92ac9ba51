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

func (p peers) IsEmergency(user string) bool {
	_, ok := p.server.cfg.Permit.Emergency(user)
	return ok
}

func (p peers) Authenticates() bool { return p.server.authenticates() }

var errFlood = errors.New("the unknown source exceeds its rate")

// filterReads is sipgo's read filter: it asks the gate about what the connections of
// unknown sources send. They were counted when they were accepted; requests are checked
// at receive.
func (s *Server) filterReads(from sip.TransportReadProps, data []byte) ([]byte, error) {
	source := addressOf(from.RemoteAddr)
	if s.gate.Connections.IsUnknown(source) && !s.gate.Stream(source, time.Now()) {
		return nil, errFlood
	}
	return data, nil
}

// addressOf reads the address of a socket's peer.
func addressOf(address net.Addr) netip.AddrPort {
	switch at := address.(type) {
	case *net.UDPAddr:
		return plain(at.AddrPort())
	case *net.TCPAddr:
		return plain(at.AddrPort())
	}
	parsed, err := netip.ParseAddrPort(address.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return plain(parsed)
}

// plain is an address without a zone, and of IPv4 where it is one of those.
func plain(at netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(at.Addr().Unmap().WithZone(""), at.Port())
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
