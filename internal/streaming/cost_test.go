package streaming

import (
	"encoding/base64"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/websocket"
)

// endless is a connection on which the same bytes come for ever, and whose writes go
// nowhere.
type endless struct {
	net.Conn
	said, rest []byte
}

func (e *endless) Read(to []byte) (int, error) {
	if len(e.rest) == 0 {
		e.rest = e.said
	}
	n := copy(to, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func (e *endless) Write(from []byte) (int, error)   { return len(from), nil }
func (e *endless) SetReadDeadline(time.Time) error  { return nil }
func (e *endless) SetWriteDeadline(time.Time) error { return nil }

// ends are both directions of a stream without a network: send carries one frame of
// the call to the application, receive one message of the application to the call.
func ends(rate int) (send, receive func() error) {
	pcm := appendPCM(nil, tone(2)[:rate/50])
	message := []byte(`{"kind":"AudioData","audioData":{"data":"` + base64.StdEncoding.EncodeToString(pcm) + `"}}`)
	frame, _ := ws.CompileFrame(ws.NewTextFrame(message))
	conn := &endless{said: frame}
	stream := &Stream{cfg: Config{Rate: rate, Bidirectional: true}, dialer: &Dialer{}, playout: newPlayout(), log: slog.New(slog.DiscardHandler)}
	c := websocket.New(conn, nil)
	out := &sender{Stream: stream, socket: c}
	in := &receiver{Stream: stream, told: map[string]bool{}}
	if rate != playoutRate {
		in.resampler, _ = audio.NewResampler(rate, playoutRate)
	}
	heard, said := audio.Frame(tone(1)), make(audio.Frame, 320)
	return func() error { return out.frame(&out.mixed, heard, "", time.Now()) }, func() error {
		_, message, err := c.Read()
		if err == nil {
			err = in.take(ws.OpText, message)
		}
		stream.ReadFrame(said)
		return err
	}
}

func TestFramesCostNoAllocation(t *testing.T) {
	for _, rate := range []int{16000, 24000} {
		send, receive := ends(rate)
		for name, one := range map[string]func() error{"to the application": send, "of the application": receive} {
			n := testing.AllocsPerRun(200, func() {
				if err := one(); err != nil {
					t.Fatal(err)
				}
			})
			if n > detectorAllocations {
				t.Errorf("a frame %s at %d Hz: %v allocations", name, rate, n)
			}
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	send, receive := ends(16000)
	for name, one := range map[string]func() error{"out": send, "in": receive} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := one(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
