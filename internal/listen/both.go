package listen

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// tries is how many ports are tried where any will do.
const tries = 20

// PacketRoom is what a socket that many share asks the kernel to keep of packets, in bytes,
// each way: a burst of a thousand INVITEs, or a tenth of a second of all pictures, does not
// fit into the kernel's default of 208 KiB. The kernel gives what it allows, which
// `switchhook doctor` compares with it.
const PacketRoom = 4 << 20

// Both opens UDP and TCP on one port, as media over ICE wants it. Port 0 takes one that
// is free in both. The UDP socket has PacketRoom.
func Both(ctx context.Context, flag, address string) (udp *net.UDPConn, tcp net.Listener, err error) {
	return both(ctx, net.ListenConfig{}, flag, address)
}

func both(ctx context.Context, config net.ListenConfig, flag, address string) (udp *net.UDPConn, tcp net.Listener, err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, nil, Error(flag, address, err)
	}
	for range tries {
		packets, err := config.ListenPacket(ctx, "udp", address)
		if err != nil {
			return nil, nil, Error(flag, address, err)
		}
		udp = packets.(*net.UDPConn)
		same := net.JoinHostPort(host, strconv.Itoa(udp.LocalAddr().(*net.UDPAddr).Port))
		if tcp, err = config.Listen(ctx, "tcp", same); err == nil {
			_ = udp.SetReadBuffer(PacketRoom) // less will do on a small machine
			_ = udp.SetWriteBuffer(PacketRoom)
			return udp, tcp, nil
		}
		udp.Close()
		if port != "0" {
			return nil, nil, Error(flag, address, err)
		}
	}
	return nil, nil, fmt.Errorf("%s: no port is free for both UDP and TCP", flag)
}
