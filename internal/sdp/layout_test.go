package sdp

import (
	"slices"
	"strings"
	"testing"
)

// TestLaterOffersRepeatTheStreams answers offers and asks how an offer of ours inside the
// same session looks (RFC 3264 §8): as many streams in the same order, the same profile,
// and no number that means something else than before.
func TestLaterOffersRepeatTheStreams(t *testing.T) {
	secure := wide
	secure.Security, secure.Crypto = Optional, []Crypto{{Tag: 1, Suite: Suites[0], Key: NewKey()}}
	dynamic := "m=audio 4000 RTP/AVP 0"
	for number := '0'; number <= '9'; number++ {
		for _, tens := range []string{"9", "10", "11", "12"} {
			dynamic += " " + tens + string(number)
		}
	}
	dynamic += "\n"
	for _, format := range strings.Fields(dynamic)[4:] {
		dynamic += "a=rtpmap:" + format + " X/8000\n"
	}
	for _, test := range []struct {
		name  string
		local Local
		offer string
		want  []string // beginnings of lines of the offer, in their order
	}{
		{"what we offer ourselves", wide, "m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n",
			[]string{"m=audio 20000 RTP/AVP 111 9 0 110 101\r", "a=rtpmap:111 opus", "a=rtpmap:101 telephone-event/8000"}},
		{"a picture before the sound, and one after", ours, "m=video 4000 RTP/AVPF 96\na=rtpmap:96 VP8/90000\nm=audio 4002 RTP/AVP 0\nm=image 4004 udptl t38\n",
			[]string{"m=video 0 RTP/AVPF 96\r", "m=audio 20000 RTP/AVP 0 8 101\r", "m=image 0 udptl t38\r"}},
		{"feedback", ours, "m=audio 4000 RTP/AVPF 0\n", []string{"m=audio 20000 RTP/AVPF 0 8 101\r"}},
		{"encryption that the far end insists on", secure, "m=audio 4000 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n",
			[]string{"m=audio 20000 RTP/SAVP 111 9 0 110 101\r", "a=crypto:1 "}},
		{"other numbers for the same", wide, "m=audio 4000 RTP/AVP 96 0 97 98\na=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/8000\na=rtpmap:98 telephone-event/48000\n",
			[]string{"m=audio 20000 RTP/AVP 96 9 0 98 97\r", "a=rtpmap:96 opus", "a=rtpmap:98 telephone-event/48000", "a=rtpmap:97 telephone-event/8000"}},
		{"our numbers for something else", wide, "m=audio 4000 RTP/AVP 111 0 101 96\na=rtpmap:111 AMR/8000\na=rtpmap:101 opus/48000/2\na=rtpmap:96 telephone-event/8000\n",
			[]string{"m=audio 20000 RTP/AVP 101 9 0 110 96\r", "a=rtpmap:101 opus", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:96 telephone-event/8000"}},
		{"our number for something else, and none for ours", ours, "m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 speex/8000\n",
			[]string{"m=audio 20000 RTP/AVP 0 8 96\r", "a=rtpmap:96 telephone-event/8000"}},
		{"no number is left", ours, dynamic, []string{"m=audio 20000 RTP/AVP 0 8 101\r"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			offer, err := Parse([]byte(strings.ReplaceAll(phone+test.offer, "\n", "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			local := test.local
			_, agreed, err := Answer(offer, local)
			if err != nil {
				t.Fatal(err)
			}
			local.Agreed = &agreed
			text := string(Offer(local))
			rest := text
			for _, line := range test.want {
				at := strings.Index(rest, "\n"+line)
				if at < 0 {
					t.Fatalf("the offer lacks %q in its place:\n%s", line, text)
				}
				rest = rest[at+1:]
			}
			if got := strings.Count(text, "\nm="); got != len(offer.Streams) {
				t.Errorf("the offer has %d streams:\n%s", got, text)
			}
			again, err := Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			theirs := Local{Address: local.Address, Codecs: []string{agreed.Codec()}, Security: local.Security, Crypto: local.Crypto}
			answer, _, err := Answer(again, theirs)
			if err != nil {
				t.Fatal(err)
			}
			answered, err := Parse(answer)
			if err != nil {
				t.Fatal(err)
			}
			after, err := Accept(local, answered)
			if err != nil {
				t.Fatalf("the answer to it is not taken: %v\n%s", err, answer)
			}
			if after.Codec() != agreed.Codec() || after.layout != agreed.layout || !slices.Equal(after.Sending.Codecs[:1], after.Receiving.Codecs[:1]) {
				t.Errorf("agreed on %+v\nafter %+v", after, agreed)
			}
		})
	}
}
