package siptest

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	eventClock = 8000           // of the timestamps of tones
	maxHeard   = 8000 * 60 * 10 // samples: ten minutes of a telephone
	eventType  = 101            // our payload type of tones
	keyLength  = 5              // frames that a key is held: 100 ms
	keyPause   = 3              // frames between keys
	keyVolume  = 10             // -10 dBm0
	frameClock = 20 * time.Millisecond
)

// media is the phone's microphone and loudspeaker.
type media struct {
	conn   net.PacketConn
	voices []*voice // the best first
	rate   int      // of the phone's sound, in Hz
	done   chan struct{}
	clock  *Clock // nil: it says what the script has it say
	// closed where the script carries the sound itself; nil otherwise
	elsewhere chan struct{}
	start1    sync.Once
	close1    sync.Once

	mu      sync.Mutex
	remote  net.Addr
	voice   *voice // towards the other end
	events  byte   // tones towards the other end
	queue   []int16
	keys    []keyPress
	heard   []int16
	began   bool
	first   uint32 // timestamp of the first packet heard
	tones   []byte
	toneAt  uint32 // timestamp of the last key heard
	longest uint16 // duration of a key, in units of eventClock
	packets int

	departures []departure // of what it said by its clock
}

func newMedia(listen string, codecs []string) (*media, error) {
	host, _, _ := net.SplitHostPort(listen)
	var voices []*voice
	for _, name := range codecs {
		v := newVoice(name)
		if v == nil {
			return nil, fmt.Errorf("the phone has no codec %q", name)
		}
		voices = append(voices, v)
	}
	conn, err := net.ListenPacket("udp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	return &media{
		conn: conn, voices: voices, voice: voices[0], rate: rateOf(voices), done: make(chan struct{}), events: eventType,
	}, nil
}

// start begins to speak and to hear.
func (m *media) start(work *sync.WaitGroup) {
	m.start1.Do(func() {
		select {
		case <-m.done:
		case <-m.elsewhere:
		default:
			work.Go(m.hear)
			if m.clock != nil {
				work.Go(func() { m.speakByClock(m.clock) })
				return
			}
			work.Go(m.speak)
		}
	})
}

// leave says, before start, that the phone neither speaks nor hears by itself.
func (m *media) leave() {
	m.elsewhere = make(chan struct{})
	close(m.elsewhere)
}

func (m *media) close() {
	m.close1.Do(func() { close(m.done); m.conn.Close() })
}

// describe writes a session description.
func (m *media) describe(direction string, version int) []byte {
	host, port, _ := net.SplitHostPort(m.conn.LocalAddr().String())
	family := "IP4"
	if strings.Contains(host, ":") {
		family = "IP6"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "v=0\r\no=phone 1 %d IN %s %s\r\ns=phone\r\nc=IN %s %s\r\nt=0 0\r\nm=audio %s RTP/AVP", version, family, host, family, host, port)
	for _, v := range m.voices {
		fmt.Fprintf(&b, " %d", v.format)
	}
	fmt.Fprintf(&b, " %d\r\n", eventType)
	for _, v := range m.voices {
		if v.format >= 96 {
			fmt.Fprintf(&b, "a=rtpmap:%d %s\r\na=fmtp:%d useinbandfec=1\r\n", v.format, v.encoding, v.format)
		}
	}
	fmt.Fprintf(&b, "a=rtpmap:%d telephone-event/8000\r\na=fmtp:%d 0-15\r\na=%s\r\n", eventType, eventType, direction)
	return b.Bytes()
}

// follow reads where the other end listens, and what it takes.
func (m *media) follow(description []byte) {
	host, port, formats, events := "", "", []string(nil), byte(0)
	for _, line := range strings.Split(strings.ReplaceAll(string(description), "\r", ""), "\n") {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "c=") && len(fields) == 3:
			host = fields[2]
		case strings.HasPrefix(line, "m=audio ") && len(fields) > 3:
			port, formats = fields[1], fields[3:]
		case strings.HasPrefix(line, "a=rtpmap:") && strings.Contains(line, "telephone-event/8000"):
			number, _ := strconv.Atoi(strings.TrimPrefix(fields[0], "a=rtpmap:"))
			events = byte(number)
		}
	}
	remote, err := net.ResolveUDPAddr("udp", net.JoinHostPort(host, port))
	if err != nil || len(formats) == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.remote, m.events = remote, events
	for _, format := range formats {
		if v := m.voiceOf(format); v != nil {
			m.voice = v
			break
		}
	}
}
