package sfu

import (
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// camera sends VP8 as a browser does: encodings of some sizes, 20 pictures a second, key
// frames when asked.
type camera struct {
	client *Client
	layers []*encoding
	stop   chan struct{}
	done   sync.WaitGroup
	lose   atomic.Pointer[loses] // nil: nothing is lost
}

// encoding is one of them.
type encoding struct {
	rid   string
	layer *Layer

	pad atomic.Bool // a packet without content follows each picture

	mu sync.Mutex
	sfutest.Encoder
	on    bool
	key   bool
	seq   uint16
	time  uint32
	sent  map[uint16][]byte
	keys  int // that were asked for
	again int // packets that were asked for again
	late  [][]byte
	trip  time.Duration // there and back, of what is asked for again

	received []rtcp.ReceptionReport // what it was told of what came
}

func (e *encoding) AskKeyFrame(uint32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.key, e.keys = true, e.keys+1
}

func (e *encoding) Received(r rtcp.ReceptionReport) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.received = append(e.received, r)
}

func (e *encoding) AskAgain(_ uint32, lost []uint16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, seq := range lost {
		e.again++
		b := e.sent[seq]
		if b == nil {
			continue
		}
		time.AfterFunc(e.trip, func() {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.late = append(e.late, b)
		})
	}
}

// next are the packets of the next picture, after those that are sent again.
func (e *encoding) next() (packets [][]byte, again int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.on {
		return nil, 0
	}
	packets, again, e.late = e.late, len(e.late), nil
	e.time += 90000 / sfutest.PerSecond
	payloads := e.Picture(e.key)
	for i, payload := range payloads {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: e.seq, Timestamp: e.time, SSRC: 7, Marker: i == len(payloads)-1}, Payload: payload}
		b, _ := p.Marshal()
		if e.sent == nil {
			e.sent = make(map[uint16][]byte)
		}
		e.sent[e.seq] = b
		packets = append(packets, b)
		e.seq++
	}
	if e.pad.Load() {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SequenceNumber: e.seq, Timestamp: e.time, SSRC: 7, Padding: true, PaddingSize: 20}}
		b, _ := p.Marshal()
		packets = append(packets, b)
		e.seq++
	}
	e.key = false
	return packets, again
}

func (e *encoding) asked() (keys, again int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.keys, e.again
}

func (e *encoding) turn(on bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.on = on
}

// newCamera begins to send 160×90, 320×180 and 640×360 as stream id.
func newCamera(room *Room, owner string, id int, follow Follower) *camera {
	return newCameraOf(room, owner, id, follow, 100_000, 400_000, 1_600_000)
}

// newCameraOf begins to send encodings of 160×90 and twice, four times as wide ones, of
// some bits a second.
func newCameraOf(room *Room, owner string, id int, follow Follower, rates ...int) *camera {
	c := &camera{client: NewClient(owner, follow), stop: make(chan struct{})}
	source := c.client.Source(Camera)
	rids := []string{"q", "h", "f"}[:len(rates)]
	source.Offer(rids)
	for i, rid := range rids {
		e := &encoding{rid: rid, on: true, key: true, seq: uint16(65000 + 200*i)}
		e.Encoder = sfutest.Encoder{Width: 160 << i, Height: 90 << i, Rate: rates[i], ID: uint16(32700 * i)}
		e.layer = source.Open(rid, uint32(i+1), VP8, e)
		c.layers = append(c.layers, e)
	}
	c.client.SetStreams(id, 0)
	c.client.Enter(room)
	c.done.Go(c.run)
	return c
}

func (c *camera) run() {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-c.stop:
			return
		case <-ticker.C:
		}
		for _, e := range c.layers {
			packets, again := e.next()
			for i, b := range packets {
				if lose := c.lose.Load(); lose == nil || !(*lose)(e.layer.ssrc, binary.BigEndian.Uint16(b[2:])) {
					e.layer.Take(b, i < again, time.Now())
				}
			}
			e.layer.Tick(time.Now())
		}
	}
}

// setTrip sets how long what is asked for again takes, there and back.
func (c *camera) setTrip(trip time.Duration) {
	for _, e := range c.layers {
		e.mu.Lock()
		e.trip = trip
		e.mu.Unlock()
	}
}

func (c *camera) close() {
	close(c.stop)
	c.done.Wait()
	c.client.Close()
}

// watcher receives on some lines.
type watcher struct {
	client *Client
	news
	lines []*received
}

// received is what came on a line.
type received struct {
	mu      sync.Mutex
	packets []rtp.Packet // in their order, repetitions with their first numbers
	keys    []int        // widths of key frames
	again   int
	block   chan struct{} // while open, nothing is taken
}

func (r *received) write(h *rtp.Header, payload []byte) (int, error) {
	if r.block != nil {
		<-r.block
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := rtp.Packet{Header: h.Clone(), Payload: slices.Clone(payload)}
	if h.PayloadType == 97 {
		r.again++
		p.SequenceNumber = binary.BigEndian.Uint16(payload)
		p.Payload = p.Payload[2:]
	}
	if picture, ok := parseVP8(p.Payload); ok && picture.key && h.PayloadType == 96 {
		r.keys = append(r.keys, picture.width)
	}
	r.packets = append(r.packets, p)
	return len(payload), nil
}

func (r *received) all() []rtp.Packet {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.packets)
}

func (r *received) widths() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.keys)
}

// check asks that a decoder would notice no change: numbers, picture ids and TL0PICIDX
// go on by one, and time grows.
func (r *received) check(t *testing.T) {
	t.Helper()
	packets := r.all()
	slices.SortStableFunc(packets, func(a, b rtp.Packet) int { return int(int16(a.SequenceNumber - b.SequenceNumber)) })
	packets = slices.CompactFunc(packets, func(a, b rtp.Packet) bool { return a.SequenceNumber == b.SequenceNumber })
	for i := 1; i < len(packets); i++ { // padding has its place among the numbers alone
		if len(packets[i].Payload) == 0 && packets[i].SequenceNumber == packets[i-1].SequenceNumber+1 {
			for k := range packets[:i] {
				packets[k].SequenceNumber++
			}
		}
	}
	packets = slices.DeleteFunc(packets, func(p rtp.Packet) bool { return len(p.Payload) == 0 })
	for i := 1; i < len(packets); i++ {
		a, b := packets[i-1], packets[i]
		before, _ := parseVP8(a.Payload)
		now, _ := parseVP8(b.Payload)
		step, base := uint16(0), uint8(0)
		if a.Marker {
			step = 1
			if now.vp8.tid == 0 {
				base = 1
			}
		}
		if b.SequenceNumber != a.SequenceNumber+1 || now.vp8.id != (before.vp8.id+step)&0x7fff || now.vp8.tl != before.vp8.tl+base ||
			(step == 0) != (b.Timestamp == a.Timestamp) || int32(b.Timestamp-a.Timestamp) < 0 {
			t.Fatalf("packet %d of %d: %d/%d/%d/%d is followed by %d/%d/%d/%d", i, len(packets), a.SequenceNumber, a.Timestamp, before.vp8.id, before.vp8.tl,
				b.SequenceNumber, b.Timestamp, now.vp8.id, now.vp8.tl)
		}
	}
}

// news is what a client was told.
type news struct {
	mu     sync.Mutex
	slots  []Slot
	camera []string
	screen bool
	need   int
}

func (n *news) Slots(slots []Slot) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.slots = slots
}

func (n *news) Layers(camera []string, screen bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.camera, n.screen = append([]string{}, camera...), screen
}

// forget forgets which layers are wanted: nil until that is told again.
func (n *news) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.camera = nil
}

func (n *news) Need(slots int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.need = slots
}

func (n *news) layers() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.camera
}

func (n *news) shown() []Slot {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.slots
}

func newWatcher(room *Room, owner string, lines int) *watcher {
	w := &watcher{}
	w.client = NewClient(owner, w)
	for i := range lines {
		r := &received{}
		w.lines = append(w.lines, r)
		w.client.SetLine(Line{
			MID: string(rune('a' + i)), SSRC: uint32(100 + i), RTX: uint32(200 + i), Types: map[Codec]Types{VP8: {96, 97}}, Write: r.write,
		})
	}
	w.client.Enter(room)
	return w
}
