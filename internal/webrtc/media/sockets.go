package media

import (
	"context"
	"net"
	"net/netip"

	"github.com/switchhook/switchhook/internal/listen"
)

// openSockets opens the sockets of Config.Listen.
func openSockets(ctx context.Context, address string) (*net.UDPConn, net.Listener, error) {
	if !isLocalhost(address) {
		return listen.Both(ctx, "--webrtc", address)
	}
	_, port, _ := net.SplitHostPort(address) // which it has
	return listen.ThisMachine(ctx, "--webrtc", port)
}

func isLocalhost(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && host == "localhost"
}

// Addr is the address of both sockets.
func (e *Engine) Addr() netip.AddrPort {
	at := e.udp.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// Public is the address that clients are told; zero: our own.
func (e *Engine) Public() netip.Addr { return e.public }

// Told is the address as operators are told it: of sockets for this machine alone, a loopback one.
func (e *Engine) Told() netip.AddrPort {
	at := e.Addr()
	if addresses := e.listenAddresses(); e.loopback && at.Addr().IsUnspecified() && len(addresses) > 0 {
		return canonical(addresses[0].(*net.UDPAddr).AddrPort())
	}
	return at
}

// listenAddresses are the addresses that clients are told: of a socket on all addresses,
// those that this machine has now. Link-local ones need a zone, which clients do not know.
func (e *Engine) listenAddresses() (list []net.Addr) {
	at := e.Addr()
	if !at.Addr().IsUnspecified() {
		return []net.Addr{e.udp.LocalAddr()}
	}
	interfaces, _ := net.Interfaces() // without one, there is no address
	for _, one := range interfaces {
		addresses, err := one.Addrs()
		if err != nil || one.Flags&net.FlagUp == 0 || one.Flags&net.FlagLoopback != 0 && !e.loopback {
			continue
		}
		for _, address := range addresses {
			network, is := address.(*net.IPNet)
			if !is || network.IP.IsLinkLocalUnicast() && network.IP.To4() == nil || at.Addr().Is4() && network.IP.To4() == nil {
				continue
			}
			list = append(list, &net.UDPAddr{IP: network.IP, Port: int(at.Port())})
		}
	}
	return list
}
