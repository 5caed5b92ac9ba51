package media

import (
	"slices"
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"
)

// viewer is a peer connection with the m-lines of docs/browser-protocol.md, and some of
// pictures to receive.
func viewer(t testing.TB, slots int, register func(*webrtc.MediaEngine) error) *webrtc.PeerConnection {
	t.Helper()
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterCodec(find(formats(), webrtc.MimeTypeG722), webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	if err := register(engine); err != nil {
		t.Fatal(err)
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio); err != nil {
		t.Fatal(err)
	}
	addLines(t, pc, 2, webrtc.RTPTransceiverDirectionSendonly)
	addLines(t, pc, slots, webrtc.RTPTransceiverDirectionRecvonly)
	return pc
}

func addLines(t testing.TB, pc *webrtc.PeerConnection, n int, direction webrtc.RTPTransceiverDirection) {
	t.Helper()
	for range n {
		if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: direction}); err != nil {
			t.Fatal(err)
		}
	}
}

// lines are the m-lines of an answer: port, direction, and whether we name a source.
func lines(answer string) (list []string) {
	for _, section := range strings.Split(answer, "m=")[1:] {
		fields := strings.Fields(section)
		line := fields[0] + " " + fields[1]
		for _, direction := range []string{"sendonly", "recvonly", "sendrecv"} {
			if strings.Contains(section, "a="+direction) && fields[1] != "0" {
				line += " " + direction
			}
		}
		if strings.Contains(section, "a=ssrc-group:FID") {
			line += " with RTX"
		}
		list = append(list, line)
	}
	return list
}

func answerTo(t *testing.T, p *Peer, pc *webrtc.PeerConnection) (answer []string) {
	t.Helper()
	connect(t, p, pc)
	return lines(pc.RemoteDescription().SDP)
}

func repeat(line string, n int) []string { return slices.Repeat([]string{line}, n) }

// TestVideoIsAnswered asks that each line of an offer is answered as its place wants,
// and those that a later offer adds as well.
func TestVideoIsAnswered(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := viewer(t, 10, registerVideo)
	defer pc.Close()
	want := slices.Concat([]string{"audio 9 sendrecv"}, repeat("video 9 recvonly", 2), repeat("video 9 sendonly with RTX", 10))
	if got := answerTo(t, p, pc); !slices.Equal(got, want) {
		t.Errorf("answered with %q, want %q", got, want)
	}
	await(t, states, Connected)
	addLines(t, pc, 4, webrtc.RTPTransceiverDirectionRecvonly)
	want = append(want, repeat("video 9 sendonly with RTX", 4)...)
	if got := answerTo(t, p, pc); !slices.Equal(got, want) {
		t.Errorf("answered the second offer with %q, want %q", got, want)
	}
}

// TestVideoWithoutACommonCodecIsRefused asks that the rest of the offer works.
func TestVideoWithoutACommonCodecIsRefused(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, _ := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := browser(t, webrtc.SettingEngine{}, formats()...)
	defer pc.Close()
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	line := "m=video 9 UDP/TLS/RTP/SAVPF 98\r\nc=IN IP4 0.0.0.0\r\na=rtcp-mux\r\na=rtpmap:98 VP9/90000\r\n"
	answer, err := p.Offer(t.Context(), offer.SDP+line+"a=mid:1\r\na=sendonly\r\n"+line+"a=mid:2\r\na=sendonly\r\n"+line+"a=mid:3\r\na=recvonly\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if want, got := append([]string{"audio 9 sendrecv"}, repeat("video 0", 3)...), lines(answer); !slices.Equal(got, want) {
		t.Errorf("answered with %q, want %q", got, want)
	}
	if !strings.Contains(answer, "a=group:BUNDLE 0\r\n") {
		t.Errorf("the bundle has lines that are refused: %s", answer)
	}
}

// TestVideoOfAnotherFormIsRefused asks that lines of a direction that their place does
// not have are answered with port 0, and do not push slots into wrong places.
func TestVideoOfAnotherFormIsRefused(t *testing.T) {
	e := open(t)
	defer e.Close()
	p, states := newPeer(e)
	defer p.Port().Close()
	defer p.Close()
	pc := viewer(t, 0, registerVideo)
	defer pc.Close()
	addLines(t, pc, 1, webrtc.RTPTransceiverDirectionSendrecv)
	addLines(t, pc, 1, webrtc.RTPTransceiverDirectionRecvonly)
	want := []string{"audio 9 sendrecv", "video 9 recvonly", "video 9 recvonly", "video 0", "video 9 sendonly with RTX"}
	if got := answerTo(t, p, pc); !slices.Equal(got, want) {
		t.Errorf("answered with %q, want %q", got, want)
	}
	await(t, states, Connected)
}
