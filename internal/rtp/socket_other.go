//go:build !linux || portable

package rtp

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// batchSize is how many packets one look takes.
const batchSize = 4

// maxWaiting bounds the packets that wait for the shard's next look.
const maxWaiting = 64

// socket is a UDP socket with a goroutine that reads ahead of the shard, for
// systems where packets cannot be fetched past Go's network poller.
type socket struct {
	connection *net.UDPConn
	gone       chan struct{}

	mu      sync.Mutex // held for a copy only
	waiting [maxWaiting]datagram
	first   int
	count   int
}

type datagram struct {
	data [maxPacket]byte
	size int // -1: longer than maxPacket
	from netip.AddrPort
	at   int64 // Unix time in ns
}

// batch is what one look at a socket found.
type batch struct {
	data [batchSize][maxPacket]byte
	size [batchSize]int
	from [batchSize]netip.AddrPort
	at   [batchSize]int64 // when it reached this machine: Unix time in ns
}

func newBatch() *batch { return &batch{} }

// listen binds a socket. taken says that somebody else has the port.
func listen(local netip.AddrPort) (s *socket, taken bool, err error) {
	connection, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(local))
	if err != nil {
		return nil, errors.Is(err, syscall.EADDRINUSE), err
	}
	s = &socket{connection: connection, gone: make(chan struct{})}
	go s.read()
	return s, false, nil
}

// read puts packets in line until close. When the line is full the newest is
// lost, as it is in a kernel's buffer.
func (s *socket) read() {
	defer close(s.gone)
	var buffer [maxPacket + 1]byte
	for {
		n, from, err := s.connection.ReadFromUDPAddrPort(buffer[:])
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // an ICMP error of something sent earlier
		}
		s.mu.Lock()
		if s.count < maxWaiting {
			d := &s.waiting[(s.first+s.count)%maxWaiting]
			d.size, d.from = copy(d.data[:], buffer[:n]), netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
			d.at = time.Now().UnixNano()
			if n > maxPacket {
				d.size = -1
			}
			s.count++
		}
		s.mu.Unlock()
	}
}

// receive takes what has arrived, at most batchSize packets.
func (s *socket) receive(b *batch) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(s.count, batchSize)
	for i := range n {
		d := &s.waiting[(s.first+i)%maxWaiting]
		b.size[i], b.from[i], b.at[i] = d.size, d.from, d.at
		copy(b.data[i][:], d.data[:max(d.size, 0)])
	}
	s.first, s.count = (s.first+n)%maxWaiting, s.count-n
	return n
}

// send sends a packet.
func (s *socket) send(packet []byte, to netip.AddrPort) error {
	_, err := s.connection.WriteToUDPAddrPort(packet, to)
	return err
}

func (s *socket) close() error {
	err := s.connection.Close()
	<-s.gone
	return err
}
