package media

import (
	"net"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// consentMux is the UDP socket as one connection sees it: what it sends and what comes
// goes through its consent.
type consentMux struct {
	ice.UDPMux
	of *consent
	at *Engine
}

// GetListenAddresses implements ice.UDPMux. pion's own answer is of the interfaces that there
// were when the mux was made.
func (m consentMux) GetListenAddresses() []net.Addr { return m.at.listenAddresses() }

// GetConn implements ice.UDPMux.
func (m consentMux) GetConn(user string, address net.Addr) (net.PacketConn, error) {
	conn, err := m.UDPMux.GetConn(user, address)
	if err != nil {
		return nil, err
	}
	return &consentConn{PacketConn: conn, under: conn.(ice.AddrPortReaderWriter), of: m.of}, nil
}

// consentConn is a candidate's socket.
type consentConn struct {
	net.PacketConn
	under ice.AddrPortReaderWriter // the same
	of    *consent
}

// WriteToAddrPort implements ice.AddrPortReaderWriter. What is not permitted is lost, as on
// a network.
func (c *consentConn) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if !c.of.permits(b, to) {
		return len(b), nil
	}
	return c.under.WriteToAddrPort(b, to)
}

// WriteTo implements net.PacketConn.
func (c *consentConn) WriteTo(b []byte, to net.Addr) (int, error) {
	at, is := to.(*net.UDPAddr)
	if !is {
		return 0, net.InvalidAddrError("it is not of UDP")
	}
	return c.WriteToAddrPort(b, at.AddrPort())
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter.
func (c *consentConn) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		n, from, err := c.under.ReadFromAddrPort(b)
		if err != nil {
			return n, from, err
		}
		if n, pass := c.take(b, n, from); pass {
			return n, from, nil
		}
	}
}

// ReadFrom implements net.PacketConn.
func (c *consentConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.ReadFromAddrPort(b)
	if err != nil {
		return n, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// take looks at what came, n bytes of b. It returns false for what is not for pion. What
// is may be a nomination that has waited, in place of the answer.
func (c *consentConn) take(b []byte, n int, from netip.AddrPort) (size int, pass bool) {
	if !stun.IsMessage(b[:n]) {
		if c.of.handshakes.tooMany(b[:n]) {
			return 0, false
		}
		if p := c.of.last.Load(); p != nil && !p.open.Load() && p.address == canonical(from) {
			p.credit.Add(perByte * int64(n))
		}
		return n, true
	}
	address := canonical(from)
	m := &stun.Message{Raw: append([]byte(nil), b[:n]...)}
	if m.Decode() != nil {
		return 0, false
	}
	switch now := time.Now(); m.Type {
	case stun.BindingSuccess:
		held := c.of.answered(m, address, now)
		return copy(b, held), held != nil
	case stun.BindingRequest:
		pass, request := c.of.checked(c, m, address, now)
		if request != nil {
			_, _ = c.under.WriteToAddrPort(request, from) // what fails is asked again
		}
		return n, pass
	default:
		return n, true
	}
}

// permits reports whether a packet may be sent: STUN, what goes to an address that
// consents, and a little of the handshake of DTLS to one that has not answered yet.
func (c *consent) permits(b []byte, to netip.AddrPort) bool {
	if len(b) == 0 || b[0] <= lastOfSTUN {
		return true
	}
	p := c.last.Load()
	if p == nil || p.address != to {
		if p = c.find(to); p == nil {
			return false
		}
		c.last.Store(p)
	}
	return p.open.Load() || b[0] >= 20 && b[0] <= handshakeRecord && !c.claims.taken(to, c, time.Now()) && p.spend(len(b))
}

// lastOfSTUN is the greatest first byte of its messages (RFC 7983 §7).
const lastOfSTUN = 3

func (c *consent) find(address netip.AddrPort) *path {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.paths[address]
}

// canonical is an address as pion writes it: of IPv4 without IPv6 around it, and with a zone
// only where it needs one.
func canonical(at netip.AddrPort) netip.AddrPort {
	address := at.Addr().Unmap()
	if !address.IsLinkLocalUnicast() && !address.IsLinkLocalMulticast() {
		address = address.WithZone("")
	}
	return netip.AddrPortFrom(address, at.Port())
}
