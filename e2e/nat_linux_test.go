package e2e

import (
	big "encoding/binary"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// nat is one for UDP, as small offices have it, with a bad line behind it: each
// port of the phone gets one of the NAT's address. The router hands it, through a
// tunnel, what comes from the phone and what goes to the NAT's address.
type nat struct {
	tunnel *os.File
	spared int           // port of the product whose packets are not lost: that of SIP
	loss   float64       // of all others
	jitter time.Duration // by which packets come late, at most

	mu      sync.Mutex
	random  *rand.Rand
	outside map[uint16]uint16 // by the phone's port
	inside  map[uint16]uint16 // and back
}

// startNAT works until the end of the test.
func (n network) startNAT(t *testing.T, spared int, loss float64, jitter time.Duration) {
	t.Helper()
	x := &nat{spared: spared, loss: loss, jitter: jitter, random: rand.New(rand.NewPCG(1, 2)), outside: map[uint16]uint16{}, inside: map[uint16]uint16{}}
	n.in(t, n.router, func() error {
		descriptor, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		request, err := unix.NewIfreq(natDevice)
		if err != nil {
			return err
		}
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		if err := unix.IoctlIfreq(descriptor, unix.TUNSETIFF, request); err != nil {
			return err
		}
		x.tunnel = os.NewFile(uintptr(descriptor), natDevice)
		return nil
	})
	ip(t, "-n", n.router, "link", "set", natDevice, "up")
	ip(t, "-n", n.router, "route", "add", natHost, "dev", natDevice)
	ip(t, "-n", n.router, "route", "add", "default", "dev", natDevice, "table", "77")
	ip(t, "-n", n.router, "rule", "add", "iif", "phone0", "lookup", "77")
	ip(t, "-n", n.router, "rule", "add", "blackhole", "iif", "product0", "to", phoneHost) // nobody outside reaches the phone's own address
	var work sync.WaitGroup
	work.Go(x.run)
	t.Cleanup(func() { x.tunnel.Close(); work.Wait() })
}

func (x *nat) run() {
	for buffer := make([]byte, 2000); ; {
		size, err := x.tunnel.Read(buffer)
		if err != nil {
			return
		}
		packet := append([]byte(nil), buffer[:size]...)
		if !x.translate(packet) {
			continue
		}
		x.mu.Lock()
		lost, late := x.random.Float64() < x.loss, time.Duration(x.random.Int64N(int64(x.jitter)))
		x.mu.Unlock()
		udp := packet[20:]
		if int(big.BigEndian.Uint16(udp)) == x.spared || int(big.BigEndian.Uint16(udp[2:])) == x.spared {
			lost = false
		}
		if !lost {
			time.AfterFunc(late, func() { x.tunnel.Write(packet) })
		}
	}
}

// translate gives a packet its other address. It reports false for what is not
// UDP over IPv4, and for what nobody inside has asked for.
func (x *nat) translate(packet []byte) bool {
	if len(packet) < 28 || packet[0] != 0x45 || packet[9] != unix.IPPROTO_UDP {
		return false
	}
	udp := packet[20:]
	if net.IP(packet[16:20]).String() == natHost {
		port, known := x.inside[big.BigEndian.Uint16(udp[2:])]
		if !known {
			return false
		}
		copy(packet[16:20], net.ParseIP(phoneHost).To4())
		big.BigEndian.PutUint16(udp[2:], port)
	} else {
		own := big.BigEndian.Uint16(udp)
		port, known := x.outside[own]
		if !known {
			port = uint16(50001 + 2*len(x.outside))
			x.outside[own], x.inside[port] = port, own
		}
		copy(packet[12:16], net.ParseIP(natHost).To4())
		big.BigEndian.PutUint16(udp, port)
	}
	udp[6], udp[7] = 0, 0 // no checksum (RFC 768)
	packet[10], packet[11] = 0, 0
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(big.BigEndian.Uint16(packet[i:]))
	}
	sum = sum&0xffff + sum>>16
	big.BigEndian.PutUint16(packet[10:], ^uint16(sum+sum>>16))
	return true
}
