package call_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/store"
)

// driftingPhone is a phone whose clock is not ours, on a stream of ours. It beeps every
// ten seconds of our time.
type driftingPhone struct {
	*rtp.Stream
	ear     audio.Listener
	encoder codec.Encoder
	rate    float64 // samples a second of our time
	phase   float64 // when its first sample is, in seconds
	jitter  float64 // how much later than the fastest ones packets come at most, in seconds
	sent    int     // packets
	random  *rand.Rand
	next    time.Duration // when the next packet comes
}

type nowhere struct{}

func (nowhere) SendRTP(packet []byte) (int, error) { return len(packet), nil }
func (nowhere) SendRTCP([]byte)                    {}

func newDriftingPhone(ppm, phase, jitter float64) *driftingPhone {
	s := rtp.NewStream(rtp.StreamConfig{Output: nowhere{}})
	formats := sdp.Formats{Codecs: []sdp.Format{{Codec: "PCMU"}}}
	s.SetMedia(sdp.Media{Send: true, Receive: true, Sending: formats, Receiving: formats})
	p := &driftingPhone{
		Stream: s, encoder: codec.PCMU.NewEncoder(), rate: 8000 * (1 + ppm/1e6), phase: phase, jitter: jitter,
		random: rand.New(rand.NewPCG(1, uint64(ppm+1000))),
	}
	p.next = p.comes()
	return p
}

// comes is when the next packet comes: 5 ms after it is full, or later.
func (p *driftingPhone) comes() time.Duration {
	whole := p.phase + float64(160*(p.sent+1))/p.rate
	return time.Duration((whole + 0.005 + p.jitter*p.random.Float64()) * float64(time.Second))
}

// beep is what is to be heard at a moment, in seconds.
func beep(at float64) int16 {
	if into := math.Mod(at, 10); into < 1 || into > 1.3 {
		return 0
	}
	return int16(8000 * math.Sin(2*math.Pi*1000*at))
}

// tick takes what has come until a moment, and lets one frame be heard.
func (p *driftingPhone) tick(began time.Time, now time.Duration, at audio.Tick) {
	for p.next <= now {
		packet := make([]byte, 12, 172)
		packet[0] = 0x80
		binary.BigEndian.PutUint16(packet[2:], uint16(p.sent))
		binary.BigEndian.PutUint32(packet[4:], uint32(160*p.sent))
		packet[11] = 7
		var pcm [160]int16
		for i := range pcm {
			pcm[i] = beep(p.phase + float64(160*p.sent+i)/p.rate)
		}
		packet = packet[:12+p.encoder.Encode(packet[12:172], pcm[:])]
		p.Receive(packet, began.Add(p.next))
		p.sent++
		p.next = max(p.next, p.comes())
	}
	var frame [160]int16
	if !p.ReadFrame(frame[:]) {
		p.ear.HearFrame(at, nil)
	} else {
		p.ear.HearFrame(at, frame[:])
	}
}

// TestDriftOfClocksDoesNotAddUp: phones whose clocks are 100 ppm fast and slow, 240 ms
// in twenty minutes, and one whose packets are up to 30 ms late, beep at the same moments.
// In the recording their beeps stay within 5 ms.
func TestDriftOfClocksDoesNotAddUp(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		library, err := recording.Open(recording.Config{Store: store.InMemory(), Dir: dir, Announce: func(_ context.Context, _ recording.Record) error { return nil }}, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		r := &recordings{Library: library, w: &world{T: t}}
		options := unmixedWAV
		options.ID = recording.NewID("x")
		rec, err := library.Create(bg, options)
		if err != nil {
			t.Fatal(err)
		}
		clock := rec.Mix()
		rec.Begin(func(error, bool) {})
		phones := []*driftingPhone{newDriftingPhone(100, 0.003, 0.001), newDriftingPhone(-100, 0.017, 0.001), newDriftingPhone(20, 0.011, 0.03)}
		ears := []audio.Listener{clock}
		for i, p := range phones {
			p.ear = rec.Participant(recording.Arrival{Who: fmt.Sprint("4:", i), Listed: true, Dated: p.Stream})
			ears = append(ears, p.ear)
		}
		lasts := 20 * time.Minute
		if os.Getenv("SWITCHHOOK_SOAK") == "full" {
			lasts = time.Hour
		}
		if testing.Short() {
			lasts = 5 * time.Minute
		}
		began := time.Now()
		for now, at := time.Duration(0), audio.Tick(1); now < lasts; now, at = now+audio.FrameDuration, at+1 {
			clock.HearFrame(at, nil)
			for _, p := range phones {
				p.tick(began, now, at)
			}
			time.Sleep(audio.FrameDuration)
		}
		rec.Stop(recording.CallEnded)
		for _, l := range ears {
			l.(io.Closer).Close()
		}
		library.Finish(bg)
		record, err := library.Find(bg, options.ID)
		if err != nil {
			t.Fatal(err)
		}
		sound := r.sound(record)
		first, second, third := onsets(sound[0]), onsets(sound[1]), onsets(sound[2])
		if want := int(lasts / (10 * time.Second)); len(first) != want || len(second) != want || len(third) != want {
			t.Fatalf("%d, %d and %d beeps, want %d", len(first), len(second), len(third), want)
		}
		const ms = recording.SampleRate / 1000
		var most float64
		for i := range first {
			from, to := min(first[i], second[i], third[i]), max(first[i], second[i], third[i])
			apart, early, late := float64(to-from)/ms, float64(from)/ms-1000*float64(10*i+1), float64(to)/ms-1000*float64(10*i+1)
			if most = max(most, apart); apart > 5 || early < 0 || late > 20 {
				t.Errorf("beep %d: %.1f ms apart, %.1f to %.1f ms late", i, apart, early, late)
			}
		}
		t.Logf("at most %.1f ms apart", most)
		library.Close()
	})
}
