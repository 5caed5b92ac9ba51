package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// line is the sound of one phone on a bare socket, with the times at which things
// were sent and arrived: it has no buffer that could blur them.
type line struct {
	conn *net.UDPConn
	call *siptest.Call // that it belongs to, if somebody has to end it
	done chan struct{}
	work sync.WaitGroup

	mu       sync.Mutex
	remote   netip.AddrPort
	wanted   byte // a key to press, 0 for none
	burst    bool // the next packet is to be loud
	sent     chan time.Time
	sequence uint16
	at       uint32
	loud     chan time.Time // when loud sound arrived after silence
	latest   time.Time      // when loud sound arrived
	saying   []int16        // what is left to be said,
	jitter   time.Duration  // packets leave so much late at most, at random

	firstSaid, lastSaid time.Time // when its first and its last loud packet left
}

const (
	packetTime  = 20 * time.Millisecond
	packetTicks = 160
)

func newLine() (*line, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	return &line{conn: conn, done: make(chan struct{}), sent: make(chan time.Time, 1), loud: make(chan time.Time, 16)}, nil
}

func (l *line) address() netip.AddrPort { return l.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// talk sends a packet every 20 ms, and hears, until close.
func (l *line) talk(description []byte) (err error) {
	if l.remote, err = remoteOf(description); err != nil {
		return err
	}
	l.work.Go(l.hear)
	l.work.Go(func() {
		due := time.Now()
		for {
			due = due.Add(packetTime)
			select {
			case <-time.After(time.Until(due) + rand.N(l.jitter+1)):
				l.send()
			case <-l.done:
				return
			}
		}
	})
	return nil
}

func (l *line) close() {
	close(l.done)
	l.conn.Close()
	l.work.Wait()
}

// hangUp ends the line and its call.
func (l *line) hangUp(ctx context.Context) error {
	l.close()
	return l.call.Hangup(ctx)
}

// send sends what is due: silence, a burst, or the first packets of a key.
func (l *line) send() {
	l.mu.Lock()
	key, burst := l.wanted, l.burst
	l.wanted, l.burst = 0, false
	l.mu.Unlock()
	l.at += packetTicks
	if key != 0 {
		l.press(key)
		return
	}
	sound := l.nextSaid()
	if sound == nil {
		sound = make([]int16, packetTicks)
	}
	for i := range sound {
		if burst {
			sound[i] = int16(i%2*40000 - 20000)
		}
	}
	payload := make([]byte, packetTicks)
	codec.PCMU.NewEncoder().Encode(payload, sound)
	now := time.Now()
	l.packet(0, false, payload)
	if burst {
		l.sent <- now
	}
}

// press sends a short key: begun, and ended three times.
func (l *line) press(key byte) {
	now := time.Now()
	for n, end := range []byte{0, 0x80, 0x80, 0x80} {
		l.packet(keyFormat, n == 0, []byte{key - '0', end | 10, byte(packetTicks >> 8), byte(packetTicks & 0xff)})
	}
	l.sent <- now
}

func (l *line) packet(format byte, marked bool, payload []byte) {
	packet := make([]byte, 12, 12+len(payload))
	packet[0], packet[1] = 0x80, format
	if marked {
		packet[1] |= 0x80
	}
	binary.BigEndian.PutUint16(packet[2:], l.sequence)
	binary.BigEndian.PutUint32(packet[4:], l.at)
	binary.BigEndian.PutUint32(packet[8:], 0x62656e63)
	l.sequence++
	l.conn.WriteToUDPAddrPort(append(packet, payload...), l.remote)
}

// hear tells of each packet that is loud after silent ones.
func (l *line) hear() {
	decoder := codec.PCMU.NewDecoder()
	buffer, pcm := make([]byte, 2048), make([]int16, 2048)
	for {
		n, _, err := l.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		now := time.Now()
		if n < 12 || buffer[1]&0x7f != 0 {
			continue
		}
		if slices.Max(pcm[:decoder.Decode(pcm, buffer[12:n])]) > loudSample && now.Sub(l.heardLoud(now)) > 100*time.Millisecond {
			select {
			case l.loud <- now:
			default: // nobody asks
			}
		}
	}
}

// loudSample is what a burst reaches and a fade from one soon does not.
const loudSample = 8000

// heardLoud takes note of loud sound, and tells when there was some before.
func (l *line) heardLoud(now time.Time) (before time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, l.latest = l.latest, now
	return before
}

// lastLoud tells when loud sound arrived last.
func (l *line) lastLoud() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.latest
}

// ask has something sent with the next packet, and returns when that left.
func (l *line) ask(key byte) time.Time {
	l.mu.Lock()
	l.wanted, l.burst = key, key == 0
	l.mu.Unlock()
	return <-l.sent
}

// forget forgets the loud sound that arrived before: on a busy machine a gap may have
// made two of one.
func (l *line) forget() {
	for len(l.loud) > 0 {
		<-l.loud
	}
}

// hears returns when loud sound arrives.
func (l *line) hears() (time.Time, error) {
	select {
	case at := <-l.loud:
		return at, nil
	case <-time.After(2 * time.Second):
		return time.Time{}, fmt.Errorf("nothing was heard")
	}
}
