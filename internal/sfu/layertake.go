package sfu

import "time"

// Take takes a packet of RTP that came, or came again: then with the number that it had
// at first. It runs on the goroutine that reads the layer, and keeps nothing of b.
func (l *Layer) Take(b []byte, repeated bool, now time.Time) {
	if !l.source.open.Load() {
		return
	}
	l.mu.Lock()
	p, fresh := l.take(b, repeated, now)
	begins := fresh && l.key.goOn(&l.ring, l.highest)
	ask, giveUp := l.lost.due(now)
	report, due := l.received(now)
	l.mu.Unlock()
	if fresh {
		l.pass(&p, begins, now)
	}
	l.ask(ask, giveUp, now)
	if due {
		l.sender.Received(report)
	}
}

// take keeps a packet. It returns false where it is none, or known.
func (l *Layer) take(b []byte, repeated bool, now time.Time) (p packet, fresh bool) {
	n, err := l.header.Unmarshal(b)
	if err != nil || len(b) > maxPacket {
		return p, false
	}
	payload := b[n:]
	if l.header.Padding && len(payload) > 0 {
		payload = payload[:max(len(payload)-int(payload[len(payload)-1]), 0)]
	}
	seq := int64(l.header.SequenceNumber) + 1<<16
	if l.any {
		seq = extend(l.header.SequenceNumber, l.highest)
	}
	slot := &l.ring[seq&(ringPackets-1)]
	switch {
	case l.any && seq <= l.highest-ringPackets, slot.used && slot.seq == seq:
		l.lost.found(seq, repeated, now)
		return p, false
	case !l.source.permits(now):
		return p, false
	}
	p = packet{numbers: numbers{seq: seq, timestamp: l.header.Timestamp}, marker: l.header.Marker, came: now, payload: payload}
	if !l.read(&p) {
		return p, false
	}
	if !l.any || seq > l.highest {
		l.latest = p.numbers
	}
	l.advance(seq, repeated, now)
	l.note(p.numbers, repeated, now)
	if p.picture.key {
		l.keyFrame(p.picture, seq, now)
	}
	slot.seq, slot.used, slot.packet = seq, true, p
	slot.data = append(slot.data[:0], payload...)
	slot.payload = nil
	l.count(len(b), p.picture.vp8.tid == 0, now)
	return p, true
}

// read reads the head of a packet's payload. It returns false where that is none of the
// codec.
func (l *Layer) read(p *packet) (ok bool) {
	if l.codec == VP8 {
		p.picture, ok = parseVP8(p.payload)
		p.id, p.tl = p.picture.vp8.id, p.picture.vp8.tl
	} else {
		p.picture, ok = parseH264(p.payload)
	}
	if len(p.payload) == 0 { // padding: it is a part of no picture
		p.id, p.tl = l.latest.id, l.latest.tl
		return true
	}
	return ok
}

// advance notes what is missing before a packet.
func (l *Layer) advance(seq int64, repeated bool, now time.Time) {
	switch {
	case !l.any:
		l.any, l.highest = true, seq
	case seq > l.highest:
		l.lost.gap(l.highest+1, seq, now)
		l.highest = seq
	default:
		l.lost.found(seq, repeated, now)
	}
}

// sizesEvery is how often a layer's room looks at once at a new size: sizes may change with
// every packet. What comes in between waits for the room's next look.
const sizesEvery = 100 * time.Millisecond

// keyFrame notes that a key picture begins, and its size.
func (l *Layer) keyFrame(p picture, seq int64, now time.Time) {
	l.lost.before(seq)
	if seq > l.key.from {
		l.key = keyPicture{from: seq, next: seq}
		l.keyCame.Store(now.UnixNano())
	}
	if size := uint64(p.width)<<32 | uint64(p.height); size > 0 && l.size.Swap(size) != size && now.Sub(l.told) >= sizesEvery {
		l.told = now
		l.source.client.changed()
	}
	l.wants.Store(false)
}
