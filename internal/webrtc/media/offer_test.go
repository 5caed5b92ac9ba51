package media

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
)

// chromium is the head of an offer of Chromium, with what this server looks at.
const chromium = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=msid-semantic: WMS\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 110 126\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n" +
	"a=candidate:1 1 udp 2122260223 10.0.0.1 50000 typ host\r\na=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n" +
	"a=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=setup:actpass\r\na=mid:0\r\n" +
	"a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:9 G722/8000\r\n" +
	"a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\na=ssrc:1001 cname:x\r\n"

const video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 VP8/90000\r\n"

func TestOffersThatAreRefused(t *testing.T) {
	audio := strings.Index(chromium, "m=audio")
	for _, test := range []struct{ name, offer string }{
		{"nothing", ""},
		{"no stream", chromium[:audio]},
		{"no fingerprint", strings.ReplaceAll(chromium, "a=fingerprint", "a=finger")},
		{"plain RTP", strings.ReplaceAll(chromium, "UDP/TLS/RTP/SAVPF", "RTP/AVP")},
		{"keys by SDES", chromium + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n"},
		{"an inactive stream", strings.ReplaceAll(chromium, "a=sendrecv", "a=inactive")},
		{"video first", chromium[:audio] + video + chromium[audio:]},
		{"two streams of audio", chromium + chromium[audio:]},
		{"data", chromium + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"},
		{"thirty streams", chromium + strings.Repeat(video, maxStreams)},
		{"many sources", chromium + strings.Repeat("a=ssrc:7 cname:x\r\n", maxSources)},
		{"many formats", strings.Replace(chromium, "SAVPF 111", "SAVPF 111"+strings.Repeat("\t0 0", maxFormats/2), 1)},
		{"formats and lines whose product is large", strings.Replace(chromium, "SAVPF 111", "SAVPF 111"+strings.Repeat(" 0", maxFormats-20), 1) + strings.Repeat("a=rtcp-fb:111 nack\r\n", 3000)},
		{"much feedback for all formats", chromium + strings.Repeat("a=rtcp-fb:* nack\r\n", maxForAll+1)},
		{"four encodings", chromium + video + strings.Repeat("a=rid:q send\r\n", maxEncodings+1)},
		{"an encoding of a strange name", chromium + video + "a=rid:q; send\r\n"},
		{"encodings of a screen", chromium + video + video + "a=rid:q send\r\n"},
		{"a long mid", chromium + "a=mid:" + strings.Repeat("x", maxMID+1) + "\r\n"},
		{"many lines", chromium + strings.Repeat("a=x\r\n", maxLines)},
		{"many bytes", chromium + "a=x:" + strings.Repeat("x", maxOffer)},
	} {
		if _, err := readOffer(test.offer); !errors.Is(err, ErrOffer) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for name, offer := range map[string]string{"audio": chromium, "audio and video": chromium + strings.Repeat(video, 12)} {
		read, err := readOffer(offer)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(read.text, "candidate") || !strings.HasPrefix(read.fingerprint, "sha-256 00:11") {
			t.Errorf("%s became %+v", name, read)
		}
	}
}

// TestSlotsAreWhereClientsReceive: what is of another form is refused.
func TestSlotsAreWhereClientsReceive(t *testing.T) {
	line := func(mid, direction, codec string) string {
		return "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:" + mid + "\r\na=" + direction + "\r\na=rtpmap:96 " + codec + "\r\n"
	}
	read, err := readOffer(chromium + line("1", "sendonly", "VP8/90000") + line("2", "recvonly", "VP8/90000") +
		line("a", "recvonly", "VP8/90000") + line("b", "sendrecv", "VP8/90000") + line("c", "recvonly", "AV1/90000") + line("d", "recvonly", "H264/90000"))
	if err != nil {
		t.Fatal(err)
	}
	if read.slots != "a d " || read.refused != "2 b c " || strings.Count(read.text, "a=recvonly") != 2 {
		t.Errorf("slots %q of %s", read.slots, read.text)
	}
}

// TestCredentialsAreThoseOfTheBundle: of several that an offer has we take the same as pion
// (RFC 9143 §7.1.3).
func TestCredentialsAreThoseOfTheBundle(t *testing.T) {
	e := open(t)
	defer e.Close()
	audio, fingerprint := strings.Index(chromium, "m=audio"), chromium[strings.Index(chromium, "a=fingerprint"):strings.Index(chromium, "a=setup")]
	other := "a=ice-ufrag:other\r\na=ice-pwd:anotherpasswordofaclient\r\n" + fingerprint
	for _, test := range []struct{ name, offer, want string }{
		{"the first of a line", chromium + other, "abcd"},
		{"the group begins with another line", strings.Replace(chromium, "BUNDLE 0", "BUNDLE 1 0", 1) + video + other, "other"},
		{"the group begins with the first", strings.Replace(chromium, "BUNDLE 0", "BUNDLE 0 1", 1) + video + other, "abcd"},
		{"of the session", chromium[:audio] + other + chromium[audio:], "other"},
	} {
		p, _ := newPeer(e)
		_, err := p.Offer(t.Context(), test.offer)
		fatal(t, err)
		link := p.now.Load()
		var pions webrtc.ICEParameters
		for end := time.Now().Add(time.Minute); pions.UsernameFragment == "" && time.Now().Before(end); time.Sleep(time.Millisecond) {
			pions, _ = link.pc.GetSenders()[0].Transport().ICETransport().GetRemoteParameters()
		}
		if ours := link.consent.theirs; ours.user != test.want || ours != (credentials{pions.UsernameFragment, pions.Password}) {
			t.Errorf("%s: we take %+v, pion %+v", test.name, ours, pions)
		}
		p.Close()
		p.Port().Close()
	}
}

func FuzzReadOffer(f *testing.F) {
	f.Add(chromium)
	f.Add(chromium + video)
	f.Add(chromium + video + "a=rid:q send\r\n" + video + strings.ReplaceAll(video, "sendonly", "recvonly"))
	f.Add(strings.ReplaceAll(chromium, "\r\n", "\n"))
	f.Fuzz(func(t *testing.T, text string) {
		read, err := readOffer(text)
		if err != nil {
			return
		}
		again, err := readOffer(read.text)
		// a line that is refused is made one that pion takes for no slot, which may be of the form of its place
		if err != nil || again.text != read.text || read.refused == "" && !reflect.DeepEqual(again, read) {
			t.Fatalf("%q is read as %q, and that as %q: %v", text, read.text, again.text, err)
		}
	})
}
