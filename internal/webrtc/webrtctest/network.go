package webrtctest

import (
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Network forwards UDP between clients and the server's media port, and is as bad as a
// test wants it. Close it.
type Network struct {
	socket *net.UDPConn
	work   sync.WaitGroup

	mu     sync.Mutex
	to     netip.AddrPort
	bad    Badness
	random *rand.Rand
	ways   map[netip.AddrPort]*net.UDPConn // to the server, by client
	busy   [2]time.Time                    // until when the narrow place is, by direction
	closed bool

	passed, lost atomic.Int64
}

// Badness is what a network does to packets, in both directions.
type Badness struct {
	Loss   float64       // share of the packets, 0 to 1
	Delay  time.Duration // of every packet
	Jitter time.Duration // more, up to this: packets overtake each other
	Cut    bool          // nothing passes
	Rate   int           // bits a second that pass, with a queue of Deepest; 0: any
}

// Deepest is the queue in front of a narrow place: what would wait longer is dropped.
const Deepest = 300 * time.Millisecond

// headers are those of UDP and IP, in bytes.
const headers = 28

// direction is that of a packet: to the server, or to the client.
type direction uint8

const (
	up direction = iota
	down
)

// NewNetwork makes a network to the media port of a server, on a port of 127.0.0.1. What
// is lost is the same for the same seed and packets.
func NewNetwork(to netip.AddrPort, seed uint64) (*Network, error) {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	n := &Network{socket: socket, to: to, random: rand.New(rand.NewPCG(seed, seed)), ways: make(map[netip.AddrPort]*net.UDPConn)}
	n.work.Go(n.forward)
	return n, nil
}

// Port is where clients send to.
func (n *Network) Port() int { return n.socket.LocalAddr().(*net.UDPAddr).Port }

// Be makes the network better or worse.
func (n *Network) Be(bad Badness) { n.mu.Lock(); n.bad = bad; n.mu.Unlock() }

// Lead leads to another server from now on.
func (n *Network) Lead(to netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.to = to
	for client, way := range n.ways {
		way.Close()
		delete(n.ways, client)
	}
}

// Counts are the packets that passed, and those that did not.
func (n *Network) Counts() (passed, lost int64) { return n.passed.Load(), n.lost.Load() }

// Through lets a description of the server name the network's port. TCP goes round it, so
// it is left out.
func (n *Network) Through(sdp string) string {
	var kept strings.Builder
	for line := range strings.Lines(sdp) {
		fields := strings.Fields(line)
		if !strings.HasPrefix(line, "a=candidate:") || len(fields) < 6 {
			kept.WriteString(line)
			continue
		}
		if strings.EqualFold(fields[2], "udp") {
			fields[4], fields[5] = "127.0.0.1", strconv.Itoa(n.Port())
			kept.WriteString(strings.Join(fields, " ") + "\r\n")
		}
	}
	return kept.String()
}

func (n *Network) forward() {
	packet := make([]byte, 2000)
	for {
		size, from, err := n.socket.ReadFromUDPAddrPort(packet)
		if err != nil {
			return
		}
		if way := n.way(from); way != nil {
			n.send(up, packet[:size], func(p []byte) { _, _ = way.Write(p) })
		}
	}
}

// way is the socket of a client; nil where the network is closed.
func (n *Network) way(client netip.AddrPort) *net.UDPConn {
	n.mu.Lock()
	defer n.mu.Unlock()
	if way := n.ways[client]; way != nil || n.closed {
		return way
	}
	way, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(n.to))
	if err != nil {
		return nil
	}
	n.ways[client] = way
	n.work.Go(func() {
		packet := make([]byte, 2000)
		for {
			size, err := way.Read(packet)
			if err != nil {
				return
			}
			n.send(down, packet[:size], func(p []byte) { _, _ = n.socket.WriteToUDPAddrPort(p, client) })
		}
	})
	return way
}

// send lets a packet pass, later or not at all.
func (n *Network) send(to direction, packet []byte, write func([]byte)) {
	wait, passes := n.delay(to, len(packet))
	if !passes {
		n.lost.Add(1)
		return
	}
	n.passed.Add(1)
	if wait > 0 {
		later := append([]byte(nil), packet...)
		time.AfterFunc(wait, func() { write(later) }) // after Close it fails
		return
	}
	write(packet)
}

// delay is how long a packet takes, if it is not lost.
func (n *Network) delay(to direction, size int) (wait time.Duration, passes bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	bad := n.bad
	lost, jitter := n.random.Float64() < bad.Loss, time.Duration(n.random.Float64()*float64(bad.Jitter))
	if lost || bad.Cut {
		return 0, false
	}
	wait = bad.Delay + jitter
	if bad.Rate == 0 {
		return wait, true
	}
	now := time.Now()
	if n.busy[to].Before(now) {
		n.busy[to] = now
	}
	queued := n.busy[to].Sub(now)
	if queued > Deepest {
		return 0, false
	}
	took := time.Duration(size+headers) * 8 * time.Second / time.Duration(bad.Rate)
	n.busy[to] = n.busy[to].Add(took)
	return wait + queued + took, true
}

// Close ends the network.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	for _, way := range n.ways {
		way.Close()
	}
	n.mu.Unlock()
	n.socket.Close()
	n.work.Wait()
}
