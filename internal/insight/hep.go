package insight

import (
	"encoding/binary"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// HEP sends SIP messages to a capture server such as Homer, by HEP version 3 over UDP
// (the Homer Encapsulation Protocol, rev. 36): one datagram for each. It never waits:
// what does not fit into its queue is dropped and counted.
type HEP struct {
	to      string
	agent   uint32
	queue   chan hepMessage
	dropped atomic.Uint64
	log     *slog.Logger
	stop    chan struct{}
	work    sync.WaitGroup
}

type hepMessage struct {
	at        time.Time
	from, to  netip.AddrPort
	transport string
	text      []byte
}

// hepRoom is how many messages wait to be sent.
const hepRoom = 4096

// NewHEP sends to host:port. agent is the number by which the capture server knows us.
// Close ends it.
func NewHEP(to string, agent uint32, log *slog.Logger) *HEP {
	h := &HEP{to: to, agent: agent, queue: make(chan hepMessage, hepRoom), log: log, stop: make(chan struct{})}
	h.work.Go(h.run)
	return h
}

// Close ends it. What waits is not sent.
func (h *HEP) Close() {
	close(h.stop)
	h.work.Wait()
}

// Dropped counts the messages that were not sent.
func (h *HEP) Dropped() uint64 { return h.dropped.Load() }

// put queues a message, whose text nobody changes.
func (h *HEP) put(m hepMessage) {
	select {
	case h.queue <- m:
	default:
		h.dropped.Add(1)
	}
}

// hepRetry is how long after a failure the address is looked up again.
const hepRetry = 10 * time.Second

func (h *HEP) run() {
	var conn net.Conn
	var failed time.Time
	defer func() {
		if conn != nil {
			conn.Close()
		}
	}()
	for {
		select {
		case m := <-h.queue:
			if conn == nil && time.Since(failed) > hepRetry {
				var err error
				if conn, err = net.DialTimeout("udp", h.to, hepRetry/2); err != nil {
					h.log.Warn("the capture server cannot be reached; SIP messages are not sent to it", "address", h.to, "error", err)
					failed, conn = time.Now(), nil
				}
			}
			if conn == nil {
				h.dropped.Add(1)
				continue
			}
			if _, err := conn.Write(hepPacket(m, h.agent)); err != nil { // a closed port answers by ICMP, later
				h.dropped.Add(1)
			}
		case <-h.stop:
			return
		}
	}
}

// Chunks of HEP 3, all of vendor 0.
const (
	hepFamily    = 1 // 2: IPv4, 10: IPv6
	hepProtocol  = 2 // of IP
	hepSource4   = 3
	hepTarget4   = 4
	hepSource6   = 5
	hepTarget6   = 6
	hepSourceEnd = 7 // port
	hepTargetEnd = 8
	hepSeconds   = 9
	hepMicros    = 10
	hepKind      = 11 // 1: SIP
	hepAgent     = 12
	hepPayload   = 15
	hepCallID    = 17 // correlation id

	protocolTCP = 6
	kindSIP     = 1
)

// hepPacket writes a message. Its secrets are masked.
func hepPacket(m hepMessage, agent uint32) []byte {
	b := append(make([]byte, 0, len(m.text)+160), "HEP3\x00\x00"...)
	chunk := func(kind uint16, value ...byte) {
		b = binary.BigEndian.AppendUint16(b, 0)
		b = binary.BigEndian.AppendUint16(b, kind)
		b = binary.BigEndian.AppendUint16(b, uint16(6+len(value)))
		b = append(b, value...)
	}
	word := func(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }
	port := func(n uint16) []byte { return binary.BigEndian.AppendUint16(nil, n) }
	source, target := m.from.Addr().Unmap(), m.to.Addr().Unmap()
	protocol := byte(protocolUDP)
	if m.transport != "UDP" {
		protocol = protocolTCP
	}
	if source.Is4() && target.Is4() {
		chunk(hepFamily, 2)
		chunk(hepSource4, source.AsSlice()...)
		chunk(hepTarget4, target.AsSlice()...)
	} else {
		long, other := source.As16(), target.As16()
		chunk(hepFamily, 10)
		chunk(hepSource6, long[:]...)
		chunk(hepTarget6, other[:]...)
	}
	chunk(hepProtocol, protocol)
	chunk(hepSourceEnd, port(m.from.Port())...)
	chunk(hepTargetEnd, port(m.to.Port())...)
	chunk(hepSeconds, word(uint32(m.at.Unix()))...)
	chunk(hepMicros, word(uint32(m.at.Nanosecond()/1000))...)
	chunk(hepKind, kindSIP)
	chunk(hepAgent, word(agent)...)
	if id := fieldOf(m.text, "call-id", "i"); len(id) > 0 {
		chunk(hepCallID, id[:min(len(id), 256)]...)
	}
	text := maskSIP(m.text)
	chunk(hepPayload, text[:min(len(text), maxDatagram-1024)]...)
	binary.BigEndian.PutUint16(b[4:], uint16(len(b)))
	return b
}
