package sip

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/parse"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// datagrams is a UDP socket.
type datagrams interface {
	ReadFromUDPAddrPort(buffer []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(data []byte, to netip.AddrPort) (int, error)
	LocalAddr() net.Addr
	Close() error
}

// maxDatagramRead is more than UDP carries.
const maxDatagramRead = 1 << 16

// readDatagrams takes what comes over UDP until the socket is closed. It is the only
// reader, so that messages stay in order.
func (s *Server) readDatagrams() error {
	buffer := make([]byte, maxDatagramRead)
	for failures := 0; ; {
		n, from, err := s.udp.ReadFromUDPAddrPort(buffer)
		switch {
		case err == nil:
			failures = 0
			s.takeDatagram(buffer[:n], from)
		case errors.Is(err, net.ErrClosed):
			return nil
		default: // it passes: a reader that gave up would lock out everybody for good
			failures++
			if s.gate.MayWarn(time.Now()) {
				s.log.Warn("SIP over UDP cannot be read; the reader tries again", "error", err)
			}
			if !backoff.Wait(s.ctx, acceptPauses.Delay(failures)) {
				return nil
			}
		}
	}
}

// takeDatagram asks the gate about a datagram, and takes the message in it.
func (s *Server) takeDatagram(data []byte, from netip.AddrPort) {
	source, now := plain(from), time.Now()
	if isSTUN(data) {
		if s.gate.KeepAlive(source, now) {
			if response := bindingResponse(data, source); response != nil {
				s.udp.WriteToUDPAddrPort(response, from)
			}
		}
		return
	}
	if !header.Bounded(data) {
		s.gate.Counts.NoteMalformed()
		return
	}
	pass, message, reply := s.gate.Datagram(data, source, now)
	switch {
	case reply.Show:
		s.traceRead(source, data, now)
		s.udp.WriteToUDPAddrPort(reply.Data, reply.To)
	case reply.Data != nil:
		s.untraced.WriteToUDPAddrPort(reply.Data, reply.To)
	}
	if !pass {
		return
	}
	s.traceRead(source, data, now)
	if gate.IsKeepAlive(data) {
		return
	}
	if message == nil { // the gate did not need it
		var err error
		if message, err = parse.Datagram(data); err != nil {
			s.gate.Counts.NoteMalformed()
			s.log.Debug("message cannot be read", "source", source, "error", err)
			return
		}
	}
	message.SetTransport("UDP")
	message.SetSource(s.sources.of(plainIPv4(from)))
	to := transaction.Peer{}
	if request, ok := message.(*sip.Request); ok {
		to.Address = transaction.ResponseAddress(request, from)
	}
	s.arrive(message, to)
}
