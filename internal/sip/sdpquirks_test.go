package sip

import (
	"fmt"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// descriptionOf is a description at a phone's address, with lines of its own.
func descriptionOf(lines string) string {
	return strings.ReplaceAll("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\n"+lines, "\n", "\r\n")
}

// TestDescriptionsOfOtherStacksAreAnswered offers what RFC 8866 and RFC 3264 permit and
// what other stacks write, and asks for the lines of our answer, or for 488.
func TestDescriptionsOfOtherStacksAreAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	const at = "c=IN IP4 127.0.0.1\nt=0 0\n"
	for _, test := range []struct {
		name, offer string
		want, not   []string
	}{
		{"every line of the RFC", "i=words\nu=http://h/\ne=a@h\np=+1 555\nc=IN IP4 127.0.0.1\nb=CT:128\nb=X-YZ:1\nt=0 0\nr=7d 1h 0 25h\nz=0 -1h\nk=clear:x\na=tool:x\nm=audio 4000 RTP/AVP 0\ni=words\nb=AS:80\nb=TIAS:64000\nb=RR:0\nk=prompt\n",
			[]string{"m=audio", "RTP/AVP 0\r\n", "a=sendrecv"}, []string{"b="}},
		{"an address of the stream alone", "t=0 0\nm=audio 4000 RTP/AVP 0\nc=IN IP4 127.0.0.1\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"an address of the stream that differs from the session's", "c=IN IP4 0.0.0.0\nt=0 0\nm=audio 4000 RTP/AVP 0\nc=IN IP4 127.0.0.1\n", []string{"a=sendrecv"}, nil},
		{"two addresses of a stream", "t=0 0\nm=audio 4000 RTP/AVP 0\nc=IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"no address at all", "t=0 0\nm=audio 4000 RTP/AVP 0\n", []string{"488"}, nil},
		{"no t=", "c=IN IP4 127.0.0.1\nm=audio 4000 RTP/AVP 0\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"packet times", at + "m=audio 4000 RTP/AVP 0\na=ptime:30\na=maxptime:150\n", []string{"a=ptime:30"}, nil},
		{"a longest packet below ours", at + "m=audio 4000 RTP/AVP 0\na=maxptime:10\n", []string{"a=ptime:10"}, nil},
		{"a packet time above the longest", at + "m=audio 4000 RTP/AVP 0\na=ptime:60\na=maxptime:40\n", []string{"a=ptime:40"}, nil},
		{"a packet time of the session", at + "a=ptime:30\nm=audio 4000 RTP/AVP 0\n", []string{"a=ptime:30"}, nil},
		{"packet times that are none", at + "m=audio 4000 RTP/AVP 0\na=ptime:0\na=maxptime:\na=ptime: 20 \n", []string{"a=ptime:20"}, nil},
		{"a codec in other letters, without a clock, under a number of its own", at + "m=audio 4000 RTP/AVP 97 98\na=rtpmap:97 pcma/8000/1\na=rtpmap:98 PCMU\n", []string{"RTP/AVP 98\r\n", "a=rtpmap:98 PCMU/8000"}, nil},
		{"a static number for something else", at + "m=audio 4000 RTP/AVP 0 8\na=rtpmap:0 L16/8000\n", []string{"RTP/AVP 8\r\n"}, nil},
		{"no format", at + "m=audio 4000 RTP/AVP\n", []string{"488"}, nil},
		{"formats that are no numbers", at + "m=audio 4000 RTP/AVP * 0 300 -1\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"two streams of sound", at + "m=audio 4000 RTP/AVP 0\nm=audio 4002 RTP/AVP 8\n", []string{"RTP/AVP 0\r\n", "m=audio 0 RTP/AVP 8\r\n"}, nil},
		{"two streams of sound, the first of an unknown codec", at + "m=audio 4000 RTP/AVP 18\nm=audio 4002 RTP/AVP 8\n", []string{"m=audio 0 RTP/AVP 18\r\n", "RTP/AVP 8\r\n"}, nil},
		{"sound that is refused, and sound", at + "m=audio 0 RTP/AVP 0\nm=audio 4002 RTP/AVP 8\n", []string{"m=audio 0 RTP/AVP 0\r\n", "RTP/AVP 8\r\n"}, nil},
		{"pictures before the sound, and text", at + "m=video 4000 RTP/AVPF 96 97\na=rtpmap:96 VP8/90000\na=rtcp-fb:96 nack\nm=audio 4002 RTP/AVP 0\nm=text 4004 RTP/AVP 98\nm=application 4006 TCP/MSRP *\nm=message 4008 TCP/TLS/MSRP *\n",
			[]string{"m=video 0 RTP/AVPF 96 97\r\nm=audio", "RTP/AVP 0\r\n", "m=text 0 RTP/AVP 98\r\nm=application 0 TCP/MSRP *\r\nm=message 0 TCP/TLS/MSRP *"}, nil},
		{"a bundle", at + "a=group:BUNDLE 0 1\na=msid-semantic: WMS\nm=audio 4000 RTP/AVP 0\na=mid:0\na=ssrc:1 cname:x\na=candidate:1 1 UDP 1 127.0.0.1 4000 typ host\na=ice-ufrag:a\na=ice-pwd:b\nm=video 4000 RTP/AVP 96\na=mid:1\na=bundle-only\n",
			[]string{"m=audio", "m=video 0 RTP/AVP 96"}, []string{"a=group", "ice", "candidate"}},
		{"WebRTC's profile, whose keys we do not have", at + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\na=fingerprint:sha-256 00:11\na=setup:actpass\n", []string{"488"}, nil},
		{"feedback", at + "m=audio 4000 RTP/AVPF 0\na=rtcp-fb:* trr-int 100\n", []string{"RTP/AVPF 0\r\n"}, nil},
		{"two ports", at + "m=audio 4000/2 RTP/AVP 0\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"a direction of the session, another of the stream", at + "a=inactive\nm=audio 4000 RTP/AVP 0\na=recvonly\n", []string{"a=sendonly"}, nil},
		{"a direction of the session", at + "a=sendonly\nm=audio 4000 RTP/AVP 0\n", []string{"a=recvonly"}, nil},
		{"unknown attributes and types", at + "m=audio 4000 RTP/AVP 0\na=X-nat:0\na=\na=silenceSupp:off - - - -\na=rtpmap:x y\na=fmtp:\na=crypto:1 x\na=cdsc: 1 image udptl t38\na=sqn: 0\nX=1\n", []string{"RTP/AVP 0\r\n"}, nil},
		{"telephone-event without what it takes", at + "m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n", []string{"a=rtpmap:101 telephone-event/8000"}, nil},
		{"comfort noise", at + "m=audio 4000 RTP/AVP 0 13 101\na=rtpmap:13 CN/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\n", []string{"RTP/AVP 0 101\r\n"}, nil},
		{"an address of the family that we do not listen on", "c=IN IP6 ::1\nt=0 0\nm=audio 4000 RTP/AVP 0\n", []string{"488"}, nil},
		{"addresses of both families", "c=IN IP6 ::1\nt=0 0\nm=audio 4000 RTP/AVP 0\nm=audio 4002 RTP/AVP 8\nc=IN IP4 127.0.0.1\n", []string{"m=audio 0 RTP/AVP 0", "RTP/AVP 8\r\n"}, nil},
		{"a hold of RFC 2543's time", "c=IN IP4 0.0.0.0\nt=0 0\nm=audio 4000 RTP/AVP 0\n", []string{"RTP/AVP 0\r\n"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", NoSound: true, Body: descriptionOf(test.offer)})
			if err != nil {
				t.Fatal(err)
			}
			answered := ""
			if test.want[0] != "488" {
				r.next(t).Answer()
			}
			if err := made.WaitFinal(within(t)); err != nil {
				t.Fatal(err)
			}
			if answered = string(made.Final().Body); answered == "" {
				answered = fmt.Sprint(made.Final().Status())
			}
			for _, line := range test.want {
				if !strings.Contains(answered, line) {
					t.Errorf("the answer lacks %q:\n%s", line, answered)
				}
			}
			for _, line := range test.not {
				if strings.Contains(answered, line) {
					t.Errorf("the answer has %q:\n%s", line, answered)
				}
			}
		})
	}
}
