package siptest

import (
	"encoding/binary"
	"net"
	"strconv"
)

// speaker writes the phone's RTP stream.
type speaker struct {
	media     *media
	ssrc      uint32
	sequence  uint16
	timestamp uint32
	pressed   *keyPress
	since     uint32 // timestamp at which the key went down
	held      int    // frames since then
}

// tick sends 20 ms: a key if one is pressed, sound otherwise.
func (s *speaker) tick() {
	m := s.media
	m.mu.Lock()
	defer m.mu.Unlock()
	defer func() { s.timestamp += uint32(m.voice.clock / 50) }()
	if m.remote == nil {
		return
	}
	if s.pressed == nil && len(m.keys) > 0 {
		s.pressed, s.since, s.held = &m.keys[0], s.timestamp, 0
		m.keys = m.keys[1:]
	}
	if s.pressed != nil {
		s.key()
		return
	}
	samples := make([]int16, m.rate/50)
	m.queue = m.queue[copy(samples, m.queue):]
	s.send(m.voice.format, false, s.timestamp, m.voice.encode(fitted(samples, m.rate, m.voice.rate)))
}

// key sends one packet of the pressed key, three at its end (RFC 4733 §2.5.1.4).
func (s *speaker) key() {
	s.held++
	switch {
	case s.held < keyLength:
		s.event(s.held == 1, false)
	case s.held == keyLength:
		for range 3 {
			s.event(false, true)
		}
	case s.held == keyLength+keyPause:
		close(s.pressed.done)
		s.pressed = nil
	}
}

func (s *speaker) event(marker, end bool) {
	payload := []byte{s.pressed.code, keyVolume, 0, 0}
	if end {
		payload[1] |= 0x80
	}
	binary.BigEndian.PutUint16(payload[2:], uint16(s.held*eventClock/50))
	s.send(s.media.events, marker, s.since, payload)
}

func (s *speaker) send(payloadType byte, marker bool, timestamp uint32, payload []byte) {
	packet := make([]byte, 12, 12+len(payload))
	packet[0], packet[1] = 0x80, payloadType
	if marker {
		packet[1] |= 0x80
	}
	binary.BigEndian.PutUint16(packet[2:], s.sequence)
	binary.BigEndian.PutUint32(packet[4:], timestamp)
	binary.BigEndian.PutUint32(packet[8:], s.ssrc)
	s.sequence++
	s.media.conn.WriteTo(append(packet, payload...), s.media.remote)
}

// hear reads the other end's RTP stream.
func (m *media) hear() {
	buffer := make([]byte, 2048)
	for {
		n, from, err := m.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		if n > 12 && buffer[0]>>6 == 2 && m.talksTo(from) {
			m.packet(buffer[:n])
		}
	}
}

// talksTo keeps out what somebody else's call still sends to a port that was his
// a moment ago: one such packet would set the stream's clock.
func (m *media) talksTo(from net.Addr) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.remote == nil || m.remote.String() == from.String()
}

// sound puts what a packet says to its place.
func (m *media) sound(v *voice, timestamp uint32, payload []byte) {
	if !m.began {
		m.began, m.first = true, timestamp
	}
	samples := fitted(v.decode(payload), v.rate, m.rate)
	at := int(int32(timestamp-m.first)) / (v.clock / 1000) * (m.rate / 1000)
	if at < 0 || at+len(samples) > maxHeard {
		return
	}
	for len(m.heard) < at+len(samples) {
		m.heard = append(m.heard, 0)
	}
	copy(m.heard[at:], samples)
}

func (m *media) packet(data []byte) {
	payloadType, timestamp := data[1]&0x7f, binary.BigEndian.Uint32(data[4:])
	payload := data[12+4*int(data[0]&0x0f):]
	m.mu.Lock()
	defer m.mu.Unlock()
	m.packets++
	if v := m.voiceOf(strconv.Itoa(int(payloadType))); v != nil {
		m.sound(v, timestamp, payload)
		return
	}
	if payloadType == eventType && len(payload) == 4 && int(payload[0]) < 16 && (len(m.tones) == 0 || m.toneAt != timestamp) {
		m.tones = append(m.tones, "0123456789*#ABCD"[payload[0]])
		m.toneAt = timestamp
	}
	if payloadType == eventType && len(payload) == 4 {
		m.longest = max(m.longest, binary.BigEndian.Uint16(payload[2:]))
	}
}
