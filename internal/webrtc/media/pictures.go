package media

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/sfu"
)

// SetPictures says what the peer's camera and screen are forwarded by, and what is shown
// to it. It is called before the first offer. The peer closes it.
func (p *Peer) SetPictures(client *sfu.Client) {
	client.SetAway(true) // until its path is up
	p.pictures = client
}

// readPictures gives what comes of a camera or a screen to who forwards it, until the
// connection is closed.
func (l *link) readPictures(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	source, ok := l.sourceOf(receiver)
	codec, known := codecOf(track.Codec())
	if !ok || !known {
		return
	}
	layer := source.Open(track.RID(), uint32(track.SSRC()), codec, l)
	defer layer.Close()
	l.work.Go(func() { readReports(track, receiver, layer) })
	packet := make([]byte, maxPacket)
	var measured time.Time
	for hurried := false; ; {
		// pion looks for repetitions only before it waits for the next packet (pion/webrtc
		// #3470): where one is missing, do not wait long.
		if waits := layer.Waits(); waits || hurried {
			hurried = waits
			deadline := time.Time{}
			if waits {
				deadline = time.Now().Add(20 * time.Millisecond)
			}
			if track.SetReadDeadline(deadline) != nil {
				return
			}
		}
		n, with, err := track.Read(packet)
		switch {
		case err == nil:
			now := time.Now()
			if now.Sub(measured) > measureEvery {
				measured = now
				l.peer.pictures.SetSoundWaits(l.peer.soundWaits())
			}
			if l.peer.now.Load() == l {
				layer.Take(packet[:n], with.Get(webrtc.AttributeRtxSsrc) != nil, now)
			}
		case timedOut(err):
			layer.Tick(time.Now())
		default:
			return
		}
	}
}

// readReports gives what the client says of its time to who forwards its pictures, until
// the connection is closed.
func readReports(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver, layer *sfu.Layer) {
	read := receiver.Read
	if rid := track.RID(); rid != "" {
		read = func(b []byte) (int, interceptor.Attributes, error) { return receiver.ReadSimulcast(b, rid) }
	}
	packet := make([]byte, maxPacket)
	for {
		n, _, err := read(packet)
		if err != nil {
			return
		}
		packets, _ := rtcp.Unmarshal(packet[:n]) // what is none has no report
		for _, one := range packets {
			if report, is := one.(*rtcp.SenderReport); is {
				layer.Report(report, time.Now())
			}
		}
	}
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// sourceOf is the source that a receiver's line is for.
func (l *link) sourceOf(receiver *webrtc.RTPReceiver) (*sfu.Source, bool) {
	transceiver := receiver.RTPTransceiver()
	if l.peer.pictures == nil || transceiver == nil {
		return nil, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch transceiver.Mid() {
	case l.camera:
		return l.peer.pictures.Source(sfu.Camera), true
	case l.screen:
		return l.peer.pictures.Source(sfu.Screen), true
	}
	return nil, false
}

// codecOf names a codec of pictures.
func codecOf(c webrtc.RTPCodecParameters) (sfu.Codec, bool) {
	switch {
	case strings.EqualFold(c.MimeType, webrtc.MimeTypeVP8):
		return sfu.VP8, true
	case strings.EqualFold(c.MimeType, webrtc.MimeTypeH264):
		return sfu.H264, true
	}
	return 0, false
}

// AskKeyFrame implements sfu.Sender.
func (l *link) AskKeyFrame(ssrc uint32) {
	_ = l.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}}) // it is asked again
}

// AskAgain implements sfu.Sender.
func (l *link) AskAgain(ssrc uint32, lost []uint16) {
	_ = l.pc.WriteRTCP([]rtcp.Packet{&rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(lost)}})
}

// Received implements sfu.Sender.
func (l *link) Received(report rtcp.ReceptionReport) {
	_ = l.pc.WriteRTCP([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: l.peer.ssrc, Reports: []rtcp.ReceptionReport{report}}}) // the next comes in a second
}
