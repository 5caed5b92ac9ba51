package sip

import (
	"cmp"
	"encoding/binary"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sdp"
)

// beeper is a phone that marks each of its packets with one of 100 levels, and
// hears the marks of another.
type beeper struct {
	conn   *net.UDPConn
	to     *net.UDPAddr
	other  *beeper
	offset time.Duration // of its packets, in 20 ms
	packet [12 + 160]byte

	mu      sync.Mutex
	sent    [100]time.Time
	delays  []time.Duration
	ignored time.Time // what comes before is not counted
}

func newBeeper(b *testing.B, to netip.AddrPort) *beeper {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		b.Fatal(err)
	}
	// The kernel tells when a packet came: how soon this process reads is no part of it.
	_ = raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) })
	if err != nil {
		b.Fatal(err)
	}
	return &beeper{conn: conn, to: net.UDPAddrFromAddrPort(to), offset: rand.N(20 * time.Millisecond)}
}

// speak sends packet n.
func (p *beeper) speak(n int) {
	p.packet[0], p.packet[11] = 0x80, byte(p.to.Port)
	binary.BigEndian.PutUint16(p.packet[2:], uint16(n))
	binary.BigEndian.PutUint32(p.packet[4:], uint32(n*160))
	for i := range 160 {
		p.packet[12+i] = byte(n % 100)
	}
	p.mu.Lock()
	p.sent[n%100] = time.Now()
	p.mu.Unlock()
	_, _ = p.conn.WriteToUDP(p.packet[:], p.to)
}

func (p *beeper) listen() {
	buffer, control := make([]byte, 512), make([]byte, 128)
	for {
		n, m, _, _, err := p.conn.ReadMsgUDP(buffer, control)
		if err != nil {
			return
		}
		mark := buffer[n/2]
		if n < 172 || mark >= 100 || buffer[12] != mark || buffer[n-1] != mark {
			continue
		}
		messages, err := unix.ParseSocketControlMessage(control[:m])
		if err != nil || len(messages) == 0 {
			continue
		}
		came := time.Unix(int64(binary.NativeEndian.Uint64(messages[0].Data)), int64(binary.NativeEndian.Uint64(messages[0].Data[8:])))
		p.other.mu.Lock()
		delay := came.Sub(p.other.sent[mark].Round(0))
		p.other.mu.Unlock()
		if came.After(p.ignored) && delay < time.Second { // else the mark has gone round
			p.delays = append(p.delays, delay)
		}
	}
}

// speakAll sends everybody's packets at their times, on a thread that gets the
// processor before others if that is permitted: what is measured is not this side.
// It returns how late a packet was at most: jitter buffers grow by that, and
// figures with more than a few ms are the machine's.
func speakAll(phones []*beeper, began time.Time, packets int) (late time.Duration) {
	runtime.LockOSThread() // never unlocked: its priority must die with it
	_ = unix.SchedSetAttr(0, &unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: unix.SCHED_NORMAL, Flags: unix.SCHED_FLAG_RESET_ON_FORK, Nice: -15}, 0)
	slices.SortFunc(phones, func(a, b *beeper) int { return cmp.Compare(a.offset, b.offset) })
	for n := range packets {
		for _, p := range phones {
			wait := unix.NsecToTimespec(int64(time.Until(began.Add(p.offset + time.Duration(n)*20*time.Millisecond))))
			if wait.Nano() > 0 {
				_ = unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &wait, nil)
			}
			late = max(late, time.Since(began.Add(p.offset+time.Duration(n)*20*time.Millisecond)))
			p.speak(n)
		}
	}
	return late
}

// BenchmarkMixerLatency measures from a phone's packet to the other phone's of the
// same sound: 20 rooms of two, whose packets come at random moments, through
// sockets, jitter buffers, mix and G.711. The first ten seconds, in which the rooms
// find their phases, are not counted.
func BenchmarkMixerLatency(b *testing.B) {
	b.Run("nothing kept", func(b *testing.B) { mixerLatency(b, -1) })
	b.Run("as delivered", func(b *testing.B) { mixerLatency(b, 0) })
}

func mixerLatency(b *testing.B, depth time.Duration) {
	const rooms, settling, counted = 20, 10 * time.Second, 10 * time.Second
	for b.Loop() {
		engine := mixer.New(mixer.Config{}, slog.New(slog.DiscardHandler))
		ports := rtp.NewPorts(rtp.Config{Low: 36000, High: 36998, Depth: depth})
		began := time.Now().Add(100 * time.Millisecond)
		var phones []*beeper
		var speaking, listening sync.WaitGroup
		for range rooms {
			mix := engine.NewMix(call.SampleRate)
			var pair [2]*beeper
			for i := range pair {
				session, err := ports.Open(rtp.Holder{})
				if err != nil {
					b.Fatal(err)
				}
				p := newBeeper(b, session.LocalAddr())
				pair[i] = p
				at := netip.MustParseAddrPort(p.conn.LocalAddr().String())
				formats := sdp.Formats{Codecs: []sdp.Format{{Codec: "PCMU"}}}
				session.SetMedia(sdp.Media{Remote: at, Host: at.Addr(), Send: true, Receive: true, Sending: formats, Receiving: formats})
				mix.Join(session)
			}
			for i, p := range pair {
				p.other, p.ignored = pair[1-i], began.Add(settling)
				listening.Go(p.listen)
				phones = append(phones, p)
			}
		}
		late := time.Duration(0)
		speaking.Go(func() { late = speakAll(phones, began, int((settling+counted)/(20*time.Millisecond))) })
		speaking.Wait()
		var delays []time.Duration
		stats := engine.Stats()
		engine.Close()
		for _, p := range phones {
			_ = p.conn.Close()
		}
		listening.Wait()
		for _, p := range phones {
			delays = append(delays, p.delays...)
		}
		slices.Sort(delays)
		if len(delays) < rooms*100 {
			b.Fatalf("only %d packets were recognized", len(delays))
		}
		ms := func(share float64) float64 {
			return float64(delays[int(share*float64(len(delays)-1))].Microseconds()) / 1000
		}
		b.ReportMetric(ms(0.5), "p50-ms")
		b.ReportMetric(ms(0.99), "p99-ms")
		b.ReportMetric(ms(1), "max-ms")
		b.ReportMetric(float64(len(delays)), "packets")
		b.ReportMetric(float64(stats.Moved), "moves")
		b.ReportMetric(float64(late.Microseconds())/1000, "phones-late-max-ms")
		b.ReportMetric(float64(stats.LatenessP99.Microseconds())/1000, "lateness-p99-ms")
	}
}
