package listen

import (
	"context"
	"errors"
	"net"
)

// errNoFilter is that of sockets which cannot be kept to this machine.
var errNoFilter = errors.New("no filter for sockets of this machine alone")

// ThisMachine opens UDP and TCP on one port of all addresses of this machine, for programs of
// this machine alone: the kernel drops what comes from others before it is read, and answers
// none of it (docs/decisions/0031). Where there is no filter for that, as elsewhere than on
// Linux, it is the port of 127.0.0.1.
func ThisMachine(ctx context.Context, flag, port string) (udp *net.UDPConn, tcp net.Listener, err error) {
	return thisMachine(ctx, net.ListenConfig{Control: onlyThisMachine}, flag, port)
}

// OnlyThisMachine says why ThisMachine cannot keep sockets to this machine; nil: it can.
func OnlyThisMachine(ctx context.Context) error {
	config := net.ListenConfig{Control: onlyThisMachine}
	socket, err := config.ListenPacket(ctx, "udp", "localhost:0")
	if err != nil {
		return err
	}
	return socket.Close()
}

func thisMachine(ctx context.Context, filtered net.ListenConfig, flag, port string) (udp *net.UDPConn, tcp net.Listener, err error) {
	udp, tcp, err = both(ctx, filtered, flag, net.JoinHostPort("", port))
	if errors.Is(err, errNoFilter) {
		return Both(ctx, flag, net.JoinHostPort("127.0.0.1", port))
	}
	return udp, tcp, err
}

// PacketsOfThisMachine opens a UDP socket that hears of programs of this machine alone, where
// there is a filter for that.
func PacketsOfThisMachine(ctx context.Context, network, address string) (net.PacketConn, error) {
	config := net.ListenConfig{Control: onlyThisMachine}
	socket, err := config.ListenPacket(ctx, network, address)
	if errors.Is(err, errNoFilter) {
		return new(net.ListenConfig).ListenPacket(ctx, network, address)
	}
	return socket, err
}
