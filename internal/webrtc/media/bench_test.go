package media

import (
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu"
)

// BenchmarkSend compares what a packet of pictures costs from the queue to the socket with
// pion's plain path: a static track, and its default interceptors.
func BenchmarkSend(b *testing.B) {
	header := rtp.Header{Version: 2, PayloadType: 96, SSRC: 1}
	payload := make([]byte, 1100)
	run := func(b *testing.B, name string, write func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				header.SequenceNumber++
				if err := write(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	e := open(b)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	p.SetPictures(sfu.NewClient("bob", nobody{}))
	pc := viewer(b, 1, registerVideo)
	defer pc.Close()
	connect(b, p, pc)
	await(b, states, Connected)
	for _, transceiver := range p.now.Load().pc.GetTransceivers() {
		if transceiver.Sender() == nil {
			continue
		}
		if s, is := transceiver.Sender().Track().(*slot); is {
			run(b, "ours", func() error { _, err := s.write(&header, payload); return err })
		}
	}
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "plain", "plain")
	if err != nil {
		b.Fatal(err)
	}
	defer plain(b, track)()
	run(b, "pion", func() error { return track.WriteRTP(&rtp.Packet{Header: header, Payload: payload}) })
}

// nobody is told nothing.
type nobody struct{}

func (nobody) Slots([]sfu.Slot)      {}
func (nobody) Layers([]string, bool) {}
func (nobody) Need(int)              {}

// plain connects two of pion's peers as they come, one of which sends a track.
func plain(b *testing.B, track webrtc.TrackLocal) (end func()) {
	b.Helper()
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	up := make(chan struct{})
	var peers [2]*webrtc.PeerConnection
	for i := range peers {
		engine := &webrtc.MediaEngine{}
		fatal(b, engine.RegisterDefaultCodecs())
		pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
		fatal(b, err)
		peers[i] = pc
	}
	from, to := peers[0], peers[1]
	from.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			close(up)
		}
	})
	_, err := from.AddTrack(track)
	fatal(b, err)
	offer, err := from.CreateOffer(nil)
	fatal(b, err)
	gathered := webrtc.GatheringCompletePromise(from)
	fatal(b, from.SetLocalDescription(offer))
	<-gathered
	fatal(b, to.SetRemoteDescription(*from.LocalDescription()))
	answer, err := to.CreateAnswer(nil)
	fatal(b, err)
	gathered = webrtc.GatheringCompletePromise(to)
	fatal(b, to.SetLocalDescription(answer))
	<-gathered
	fatal(b, from.SetRemoteDescription(*to.LocalDescription()))
	<-up
	return func() { from.Close(); to.Close() }
}

func fatal(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
