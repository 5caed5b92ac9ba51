package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"github.com/switchhook/switchhook/internal/sfu"
	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// TestReportsOfRepetitionsAreHeard: who acknowledges packets by their transport-wide
// numbers names the SSRC of the last one, which may be a repetition's.
func TestReportsOfRepetitionsAreHeard(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	room, meter := sfu.NewRoom(), &sfu.Meter{}
	ann, bob := sfu.NewClient("ann", nobody{}), sfu.NewClient("bob", nobody{})
	defer ann.Close()
	bob.CountIn(meter)
	p.SetPictures(bob)
	pc := viewer(t, 1, registerVideo)
	defer pc.Close()
	connect(t, p, pc)
	await(t, states, Connected)
	ann.SetStreams(1, 0)
	ann.Enter(room)
	bob.Enter(room)
	bob.Want([]sfu.View{{Stream: 1, Width: 160, Height: 90}})
	layer := ann.Source(sfu.Camera).Open("q", 1, sfu.VP8, patient{})
	const packets = 80
	show(t, layer, func() bool { counts, _ := meter.Read(time.Now()); return counts.Packets > packets })
	var media, repetitions uint32
	for _, transceiver := range p.now.Load().pc.GetTransceivers() {
		if sender := transceiver.Sender(); sender != nil {
			if _, is := sender.Track().(*slot); is {
				encoding := sender.GetParameters().Encodings[0]
				media, repetitions = uint32(encoding.SSRC), uint32(encoding.RTX.SSRC)
			}
		}
	}
	if repetitions == 0 {
		t.Fatal("there are no repetitions")
	}
	_, before := meter.Read(time.Now())
	show(t, layer, func() bool { // what a report does not have, and the next has not either, is lost: the estimate falls
		fatal(t, pc.WriteRTCP([]rtcp.Packet{lost(repetitions, packets)}))
		fatal(t, pc.WriteRTCP([]rtcp.Packet{lost(media, 1)}))
		_, now := meter.Read(time.Now())
		return now.Lowest < before.Lowest
	})
}

// show lets a layer send pictures, each of which is a key picture, until something is so.
func show(t *testing.T, layer *sfu.Layer, until func() bool) {
	t.Helper()
	encoder := sfutest.Encoder{Width: 160, Height: 90, Rate: 40_000}
	packet := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SSRC: 1, Marker: true}}
	for began := time.Now(); !until(); time.Sleep(5 * time.Millisecond) {
		packet.Payload = encoder.Picture(true)[0]
		packet.SequenceNumber, packet.Timestamp = packet.SequenceNumber+1, uint32(time.Since(began).Milliseconds()*90)
		b, err := packet.Marshal()
		fatal(t, err)
		layer.Take(b, false, time.Now())
		if time.Since(began) > 30*time.Second {
			t.Fatal("nothing of that for 30 s")
		}
	}
}

// lost is a report that of packets since the first only the last has come.
func lost(ssrc uint32, packets uint16) *rtcp.TransportLayerCC {
	r := &rtcp.TransportLayerCC{
		Header:    rtcp.Header{Padding: true, Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback},
		MediaSSRC: ssrc, PacketStatusCount: packets, ReferenceTime: 1,
		RecvDeltas: []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta}},
	}
	if packets > 1 {
		r.PacketChunks = append(r.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: packets - 1})
	}
	r.PacketChunks = append(r.PacketChunks, &rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 1})
	r.Header.Length = uint16(r.MarshalSize()/4 - 1)
	return r
}

// patient is a sender who makes what it likes.
type patient struct{}

func (patient) AskKeyFrame(uint32)            {}
func (patient) AskAgain(uint32, []uint16)     {}
func (patient) Received(rtcp.ReceptionReport) {}
