package media

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/switchhook/switchhook/internal/codec"
)

// TestRedundancyIsAnsweredFirst: a browser that offers redundant audio data of Opus is
// asked to send it; one whose blocks are of another codec is not, nor one without Opus.
func TestRedundancyIsAnsweredFirst(t *testing.T) {
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err)
	}
	all := formats()
	red := func(blocks string) webrtc.RTPCodecParameters {
		made := find(all, mimeRedundant)
		made.PayloadType, made.SDPFmtpLine = 96, blocks
		return made
	}
	opus, g722 := find(all, webrtc.MimeTypeOpus), find(all, webrtc.MimeTypeG722)
	for _, test := range []struct {
		name    string
		offered []webrtc.RTPCodecParameters
		want    string
		copies  uint8
	}{
		{"of Opus", []webrtc.RTPCodecParameters{opus, red("111/111"), g722}, "96 111", 96},
		{"of something else", []webrtc.RTPCodecParameters{opus, red("9/9"), g722}, "111", 0},
		{"none", []webrtc.RTPCodecParameters{opus, g722}, "111", 0},
		{"no Opus", []webrtc.RTPCodecParameters{g722}, "9", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := open(t)
			defer e.Close()
			p, _ := newPeer(e)
			defer p.Port().Close()
			defer p.Close()
			pc := browser(t, webrtc.SettingEngine{}, test.offered...)
			defer pc.Close()
			offer, err := pc.CreateOffer(nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := p.Offer(t.Context(), offer.SDP)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(answer, "\r\nm=audio 9 UDP/TLS/RTP/SAVPF "+test.want) {
				t.Errorf("want %s first in\n%s", test.want, answer)
			}
			if got, _ := mediaOf(test.offered); got.Receiving.Redundant != test.copies {
				t.Errorf("copies are %d", got.Receiving.Redundant)
			}
			if test.copies != 0 && !strings.Contains(answer, "\r\na=fmtp:96 111/111\r\n") {
				t.Errorf("the answer does not say what is in it:\n%s", answer)
			}
		})
	}
}
