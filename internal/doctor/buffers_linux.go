package doctor

import (
	"fmt"
	"net"

	"golang.org/x/sys/unix"

	"github.com/switchhook/switchhook/internal/listen"
)

// SocketBuffers asks the kernel for the room for packets that our sockets ask for.
func SocketBuffers() []Finding {
	read, write, err := trySocket()
	if err != nil {
		return []Finding{{Note, "buffers of sockets: not known", err.Error()}}
	}
	return []Finding{socketBuffers(read, write)}
}

// trySocket returns what a socket has that has asked for listen.PacketRoom, in bytes.
func trySocket() (read, write int, err error) {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil { // a machine with IPv6 alone
		conn, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv6loopback})
	}
	if err != nil {
		return 0, 0, fmt.Errorf("open a UDP socket: %w", err)
	}
	defer conn.Close()
	_ = conn.SetReadBuffer(listen.PacketRoom)
	_ = conn.SetWriteBuffer(listen.PacketRoom)
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	has := func(option int) (size int) {
		if controlErr := raw.Control(func(fd uintptr) {
			var sizeErr error
			if size, sizeErr = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, option); sizeErr != nil {
				err = sizeErr
			}
		}); controlErr != nil {
			err = controlErr
		}
		return size / 2 // the kernel doubles what it was asked for: socket(7), SO_RCVBUF
	}
	read, write = has(unix.SO_RCVBUF), has(unix.SO_SNDBUF)
	return read, write, err
}
