package sfu

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// path is a network between the server and one receiver, and a browser behind it, in
// simulated time: it loses, delays, reorders, and has a queue in front of a narrow place.
type path struct {
	client *Client
	stop   chan struct{}
	done   sync.WaitGroup

	mu       sync.Mutex
	random   *rand.Rand
	rate     int           // bits a second; 0: any
	delay    time.Duration // one way
	bucket   time.Duration // of packets at that rate that pass at once
	lose     loses         // nil: nothing is lost
	late     float64       // share of packets that come 30 ms later
	down     bool          // nothing passes
	busyFor  time.Duration // of each second the receiver takes nothing
	busy     time.Time
	arrived  int // bytes
	numbers  *twcc.Recorder
	began    time.Time
	decoders []decoder // one a line
}

// firstLine is the SSRC of the first line; the others' follow, and those of repetitions.
const firstLine = 100

// deepest is the queue of the narrow place.
const deepest = 300 * time.Millisecond

// newPath makes one to a receiver with some lines.
func newPath(room *Room, owner string, lines int) *path {
	p := &path{stop: make(chan struct{}), random: rand.New(rand.NewPCG(1, 2)), began: time.Now(), numbers: twcc.NewRecorder(9), delay: 20 * time.Millisecond}
	p.client = NewClient(owner, &news{})
	for i := range lines {
		p.decoders = append(p.decoders, decoder{have: make(map[int64]rtp.Packet), asked: make(map[int64]time.Time), asks: make(map[int64]int)})
		p.client.SetLine(Line{
			MID: string(rune('a' + i)), SSRC: firstLine + uint32(i), RTX: 200 + uint32(i), Types: map[Codec]Types{VP8: {96, 97}}, Transport: 3,
			Write: p.write,
		})
	}
	p.client.Enter(room)
	p.done.Go(p.report)
	return p
}

func (p *path) close() {
	close(p.stop)
	p.done.Wait()
	p.client.Close()
}

// set changes the path.
func (p *path) set(change func(*path)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

func (p *path) write(h *rtp.Header, payload []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	seq := h.SequenceNumber
	if h.PayloadType == 97 {
		seq = binary.BigEndian.Uint16(payload)
	}
	if p.down || p.lose != nil && p.lose(h.SSRC%100, seq) {
		return len(payload), nil
	}
	delay := p.delay
	if p.rate > 0 {
		if idle := now.Add(-p.bucket); p.busy.Before(idle) {
			p.busy = idle
		}
		if p.busy.Sub(now) > deepest {
			return len(payload), nil
		}
		p.busy = p.busy.Add(time.Duration(len(payload)+overhead) * 8 * time.Second / time.Duration(p.rate))
		delay += max(p.busy.Sub(now), 0)
	}
	if p.random.Float64() < p.late {
		delay += 30 * time.Millisecond
	}
	if into := now.Add(delay).Sub(p.began) % time.Second; into < p.busyFor {
		delay += p.busyFor - into
	}
	packet := rtp.Packet{Header: h.Clone(), Payload: append([]byte(nil), payload...)}
	number := binary.BigEndian.Uint16(h.GetExtension(3))
	time.AfterFunc(delay, func() { p.arrive(packet, number) })
	return len(payload), nil
}

func (p *path) arrive(packet rtp.Packet, number uint16) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.arrived += len(packet.Payload) + overhead
	p.numbers.Record(100, number, now.Sub(p.began).Microseconds())
	if packet.PayloadType == 97 {
		packet.SequenceNumber = binary.BigEndian.Uint16(packet.Payload)
		packet.Payload = packet.Payload[2:]
	}
	p.decoders[(packet.SSRC-firstLine)%100].take(packet, now)
}

// report tells the server what arrived, what is missing, and that no picture comes.
func (p *path) report() {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		var packets []rtcp.Packet
		if now := time.Now(); !p.down {
			packets = p.numbers.BuildFeedbackPacket()
			for i := range p.decoders {
				ssrc := firstLine + uint32(i)
				if lost := p.decoders[i].missing(now, p.delay*2); len(lost) > 0 {
					packets = append(packets, &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(lost)})
				}
				if p.decoders[i].stuck(now) {
					packets = append(packets, &rtcp.PictureLossIndication{MediaSSRC: ssrc})
				}
			}
		}
		delay := p.delay
		p.mu.Unlock()
		if len(packets) > 0 {
			time.AfterFunc(delay, func() { p.client.Feedback(packets, time.Now()) })
		}
	}
}

// decoder shows pictures as soon as all packets since the last one are there, or a key
// picture is whole.
type decoder struct {
	any      bool
	next     int64 // the first packet that was not shown
	highest  int64
	have     map[int64]rtp.Packet
	asked    map[int64]time.Time
	asks     map[int64]int
	pleaded  time.Time
	width    int
	pictures int
	first    time.Time
	last     time.Time
	freezes  []time.Duration // longer than 300 ms
}

func (d *decoder) take(p rtp.Packet, now time.Time) {
	if !d.any {
		d.any, d.highest = true, int64(p.SequenceNumber)+1<<16
		d.next = d.highest
	}
	seq := extend(p.SequenceNumber, d.highest)
	d.highest = max(d.highest, seq)
	if seq < d.next {
		return
	}
	d.have[seq] = p
	for d.show(d.next, now) {
	}
	for from := d.next + 1; from <= d.highest; from++ {
		if _, key := sfutest.KeyWidth(d.have[from].Payload); key && d.show(from, now) {
			for d.show(d.next, now) {
			}
		}
	}
}

// show shows the picture that begins at a packet, if it is whole.
func (d *decoder) show(from int64, now time.Time) bool {
	for seq := from; ; seq++ {
		p, ok := d.have[seq]
		if !ok {
			return false
		}
		if !p.Marker {
			continue
		}
		if width, key := sfutest.KeyWidth(d.have[from].Payload); key {
			d.width = width
		} else if from != d.next || d.width == 0 {
			return false
		}
		if d.first.IsZero() {
			d.first = now
		}
		if gap := now.Sub(d.last); !d.last.IsZero() && gap > 300*time.Millisecond {
			d.freezes = append(d.freezes, gap)
		}
		d.pictures, d.last = d.pictures+1, now
		for gone := d.next; gone <= seq; gone++ {
			delete(d.have, gone)
			delete(d.asked, gone)
			delete(d.asks, gone)
		}
		d.next = seq + 1
		return true
	}
}

// missing are the packets to ask for.
func (d *decoder) missing(now time.Time, roundTrip time.Duration) (lost []uint16) {
	for seq := d.next; seq < d.highest && len(lost) < 100; seq++ {
		if _, have := d.have[seq]; !have && now.Sub(d.asked[seq]) > roundTrip && d.asks[seq] < 10 {
			d.asked[seq] = now
			d.asks[seq]++
			lost = append(lost, uint16(seq))
		}
	}
	return lost
}

func (d *decoder) stuck(now time.Time) bool {
	if !d.any || now.Sub(d.last) < time.Second || now.Sub(d.pleaded) < time.Second {
		return false
	}
	d.pleaded = now
	return true
}

// longest is the longest freeze so far, that which goes on included.
func (d *decoder) longest(now time.Time) time.Duration {
	longest := now.Sub(d.last)
	for _, f := range d.freezes {
		longest = max(longest, f)
	}
	return longest
}
