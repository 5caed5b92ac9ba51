package media

import (
	"encoding/binary"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu"
)

// rude is a track of a client that names any source in its packets.
type rude struct {
	*webrtc.TrackLocalStaticRTP
	out chan webrtc.TrackLocalWriter
}

func (r rude) Bind(to webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	r.out <- to.WriteStream()
	return r.TrackLocalStaticRTP.Bind(to)
}

// report is a report of a client as it is, good or not.
type report []byte

func (r report) Marshal() ([]byte, error)  { return r, nil }
func (r report) Unmarshal([]byte) error    { return nil }
func (r report) MarshalSize() int          { return len(r) }
func (r report) DestinationSSRC() []uint32 { return nil }

// claims is a report of transport-wide feedback that claims to be about 65,535 packets,
// and ends before it says when they came.
func claims() report {
	b := report{0x8F, 205, 0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0}
	for len(b) < 40 {
		b = binary.BigEndian.AppendUint16(b, 1<<13|8191)
	}
	return b
}

// TestClientsThatSendTooMuchAreEnded: sources, reports about sources, senders of reports,
// and reports that cannot be read cost memory and time until the connection ends.
func TestClientsThatSendTooMuchAreEnded(t *testing.T) {
	for name, send := range map[string]func(n int, pc *webrtc.PeerConnection, out webrtc.TrackLocalWriter) error{
		"from many sources": func(n int, _ *webrtc.PeerConnection, out webrtc.TrackLocalWriter) error {
			_, err := out.WriteRTP(&rtp.Header{Version: 2, PayloadType: 9, SSRC: uint32(1000 + n), SequenceNumber: 1}, make([]byte, 160))
			return err
		},
		"about many sources": func(n int, pc *webrtc.PeerConnection, _ webrtc.TrackLocalWriter) error {
			about := rtcp.ReceiverReport{SSRC: 1}
			for i := range 31 {
				about.Reports = append(about.Reports, rtcp.ReceptionReport{SSRC: uint32(1000 + 31*n + i)})
			}
			return pc.WriteRTCP([]rtcp.Packet{&about})
		},
		"of many senders": func(n int, pc *webrtc.PeerConnection, _ webrtc.TrackLocalWriter) error {
			return pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{SenderSSRC: uint32(1000 + n), MediaSSRC: 7}})
		},
		"that cannot be read": func(_ int, pc *webrtc.PeerConnection, _ webrtc.TrackLocalWriter) error {
			return pc.WriteRTCP([]rtcp.Packet{claims()})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := open(t)
			defer e.Close()
			p, states := newPeer(e)
			defer p.Port().Close()
			defer p.Close()
			pc := browser(t, webrtc.SettingEngine{}, formats()...)
			defer pc.Close()
			static, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeG722, ClockRate: 8000}, "a", "b")
			if err != nil {
				t.Fatal(err)
			}
			track := rude{static, make(chan webrtc.TrackLocalWriter, 1)}
			if err := pc.GetTransceivers()[0].Sender().ReplaceTrack(track); err != nil {
				t.Fatal(err)
			}
			connect(t, p, pc)
			await(t, states, Connected)
			out := <-track.out
			for n := range 10_000 {
				select {
				case s := <-states:
					if s == Gone {
						if n < 4 {
							t.Errorf("the connection was ended after %d packets", n)
						}
						eventuallyEmpty(t, e)
						return
					}
				default:
				}
				if err := send(n, pc, out); err != nil && pc.ConnectionState() == webrtc.PeerConnectionStateConnected {
					t.Fatal(err)
				}
				time.Sleep(time.Millisecond)
			}
			t.Fatal("the connection was not ended after 10,000 packets")
		})
	}
}

// TestSourcesThatNameNoLineAreNotKept: pion keeps what comes of a source until a packet
// names its line, however long only padding comes.
func TestSourcesThatNameNoLineAreNotKept(t *testing.T) {
	for name, format := range map[string]uint8{"pictures": 96, "PCMU": 0} {
		t.Run(name, func(t *testing.T) { sourceWithoutLineIsNotKept(t, format) })
	}
}

func sourceWithoutLineIsNotKept(t *testing.T, format uint8) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	p.SetPictures(sfu.NewClient("ann", nobody{}))
	pc := viewer(t, 1, func(engine *webrtc.MediaEngine) error {
		return errors.Join(engine.RegisterCodec(find(formats(), webrtc.MimeTypePCMU), webrtc.RTPCodecTypeAudio), registerVideo(engine))
	})
	defer pc.Close()
	static, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}, "a", "b")
	fatal(t, err)
	track := rude{static, make(chan webrtc.TrackLocalWriter, 1)}
	fatal(t, pc.GetTransceivers()[1].Sender().ReplaceTrack(track))
	connect(t, p, pc)
	await(t, states, Connected)
	out := <-track.out
	padding := make([]byte, 255)
	padding[254] = 255 // how many they are
	began := e.waiting.bytes.Load()
	for n := range 2000 { // what is not read waits
		_, err := out.WriteRTP(&rtp.Header{Version: 2, Padding: true, PayloadType: format, SSRC: 1000, SequenceNumber: uint16(n)}, padding)
		fatal(t, err)
		if e.waiting.bytes.Load()-began > 100_000 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d bytes wait, so that the rest is kept", e.waiting.bytes.Load()-began)
}

// TestWhatIsReadAtOnceComes however much of others nobody reads.
func TestWhatIsReadAtOnceComes(t *testing.T) {
	var all waiting
	all.bytes.Store(maxAllWait)
	e := newExcess(slog.New(slog.DiscardHandler), &all, func() {})
	b := e.buffer(packetio.RTPBufferPacket, 1)
	packet := make([]byte, 1200)
	for range 1000 {
		if _, err := b.Write(packet); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Read(packet); err != nil {
			t.Fatal(err)
		}
	}
	waits := 0
	for ssrc := uint32(2); ssrc < 12; ssrc++ {
		for b := e.buffer(packetio.RTPBufferPacket, ssrc); ; waits++ {
			if _, err := b.Write(packet); err != nil {
				break
			}
		}
	}
	if bytes := waits * len(packet); bytes < mayWait/2 || bytes > mayWait {
		t.Errorf("%d bytes of a client wait beyond what all may", bytes)
	}
	e.close()
	if mine := e.mine.Load(); mine != 0 || all.bytes.Load() != maxAllWait {
		t.Errorf("%d bytes are counted of a connection that is over, and %d of all", mine, all.bytes.Load()-maxAllWait)
	}
}

// TestManyClientsShareWhatMayWait: however many there are, what nobody reads has a bound.
func TestManyClientsShareWhatMayWait(t *testing.T) {
	var all waiting
	all.bytes.Store(maxAllWait)
	for _, test := range []struct{ clients, share int64 }{{1, 64 << 10}, {1024, 64 << 10}, {2048, 32 << 10}, {80_000, 4 << 10}} {
		for all.clients.Load() < test.clients {
			newExcess(slog.New(slog.DiscardHandler), &all, func() {})
		}
		if got := all.share(); got != test.share {
			t.Errorf("of %d clients each has %d bytes, want %d", test.clients, got, test.share)
		}
	}
	last := newExcess(slog.New(slog.DiscardHandler), &all, func() {})
	if !last.hold(leastWait) || last.hold(1) {
		t.Error("the share is not what may wait")
	}
	last.close()
	last.close()
	if n := all.clients.Load(); n != 80_000 {
		t.Errorf("%d clients are counted", n)
	}
}

// eventuallyEmpty waits until nothing waits of connections that are over.
func eventuallyEmpty(t *testing.T, e *Engine) {
	t.Helper()
	e.closing.Wait()
	for tries := 0; e.waiting.bytes.Load() != 0; tries++ { // pion closes buffers of its own on the goroutine that read for them
		if tries == 3000 {
			t.Fatalf("%d bytes are counted of a connection that is over", e.waiting.bytes.Load())
		}
		time.Sleep(10 * time.Millisecond)
	}
}
