package sdp

import (
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

var ours = Local{
	Address: netip.MustParseAddrPort("192.0.2.10:20000"),
	Codecs:  []string{"PCMU", "PCMA"},
	ID:      7, Version: 1,
}

// one is one codec under a number, and its tones.
func one(codec string, payloadType uint8, events ...Events) Formats {
	return Formats{Codecs: []Format{{PayloadType: payloadType, Codec: codec}}, Events: events}
}

const phone = `v=0
o=alice 2890844526 2890844527 IN IP4 198.51.100.1
s=-
c=IN IP4 198.51.100.1
t=0 0
`

// TestAnswerNamesWhatBothEndsHave asks what both ends agree on, and which lines our answer must hold.
func TestAnswerNamesWhatBothEndsHave(t *testing.T) {
	remote := netip.MustParseAddrPort("198.51.100.1:49170")
	tests := []struct {
		name, offer string
		local       func(*Local)
		want        Media
		lines       []string
	}{
		{"plain", phone + "m=audio 49170 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0, Events{101, 8000}), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=audio 20000 RTP/AVP 0 101", "a=rtpmap:0 PCMU/8000", "a=fmtp:101 0-16", "a=sendrecv", "a=ptime:20", "c=IN IP4 192.0.2.10", "o=- 7 1 IN IP4 192.0.2.10"}},
		{"our order counts", phone + "m=audio 49170 RTP/AVP 0 8\n", func(l *Local) { l.Codecs = []string{"PCMA", "PCMU"} },
			Media{Remote: remote, Sending: one("PCMA", 8), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=audio 20000 RTP/AVP 8"}},
		{"a trunk's restriction counts", phone + "m=audio 49170 RTP/AVP 0 8\n", func(l *Local) { l.Codecs = []string{"PCMA"} },
			Media{Remote: remote, Sending: one("PCMA", 8), PTime: 20 * time.Millisecond, Send: true, Receive: true}, nil},
		{"dynamic payload types are theirs", phone + "m=audio 49170 RTP/AVP 96 97\na=rtpmap:96 pcma/8000\na=rtpmap:97 telephone-event/8000\n", nil,
			Media{Remote: remote, Sending: one("PCMA", 96, Events{97, 8000}), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=audio 20000 RTP/AVP 96 97", "a=rtpmap:96 PCMA/8000"}},
		{"held by sendonly", phone + "m=audio 49170 RTP/AVP 0\na=sendonly\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Receive: true}, []string{"a=recvonly"}},
		{"held by the session's sendonly", phone + "a=sendonly\nm=audio 49170 RTP/AVP 0\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Receive: true}, []string{"a=recvonly"}},
		{"a stream's direction overrides the session's", phone + "a=sendonly\nm=audio 49170 RTP/AVP 0\na=sendrecv\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true}, []string{"a=sendrecv"}},
		{"held by inactive", phone + "m=audio 49170 RTP/AVP 0\na=inactive\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond}, []string{"a=inactive"}},
		{"they only listen", phone + "m=audio 49170 RTP/AVP 0\na=recvonly\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true}, []string{"a=sendonly"}},
		{"held by 0.0.0.0", phone + "m=audio 49170 RTP/AVP 0\nc=IN IP4 0.0.0.0\n", nil,
			Media{Remote: netip.MustParseAddrPort("0.0.0.0:49170"), Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Receive: true}, []string{"a=recvonly"}},
		{"packets of 40 ms", phone + "m=audio 49170 RTP/AVP 0\na=ptime:40\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 40 * time.Millisecond, Send: true, Receive: true}, []string{"a=ptime:40"}},
		{"absurd packets", phone + "m=audio 49170 RTP/AVP 0\na=ptime:999\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true}, nil},
		{"a small maxptime", phone + "m=audio 49170 RTP/AVP 0\na=maxptime:10\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 10 * time.Millisecond, Send: true, Receive: true}, nil},
		{"reports elsewhere", phone + "m=audio 49170 RTP/AVP 0\na=rtcp:53020 IN IP4 203.0.113.9\n", nil,
			Media{Remote: remote, RemoteRTCP: netip.MustParseAddrPort("203.0.113.9:53020"), Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true}, nil},
		{"reports on another port", phone + "m=audio 49170 RTP/AVP 0\na=rtcp:53020\n", nil,
			Media{Remote: remote, RemoteRTCP: netip.MustParseAddrPort("198.51.100.1:53020"), Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true}, nil},
		{"only the first sound is taken", phone + "m=video 5000 RTP/AVP 31\nm=audio 49170 RTP/AVP 0\nm=audio 6000 RTP/AVP 8\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=video 0 RTP/AVP 31", "m=audio 20000 RTP/AVP 0", "m=audio 0 RTP/AVP 8"}},
		{"a refused stream is repeated as it was written", phone + "m=audio 49170 RTP/AVP 0\nm=image 5004 udptl t38\nm=Video 5000 RTP/AVP 31 34 96\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=image 0 udptl t38", "m=Video 0 RTP/AVP 31 34 96"}},
		{"a taken stream too", phone + "m=Audio 49170 rtp/avp 0\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=Audio 20000 rtp/avp 0"}},
		{"a refused stream's host is nobody's business", phone + "m=audio 49170 RTP/AVP 0\nm=video 0 RTP/AVP 31\nc=IN IP4 video.invalid\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true}, nil},
		{"plain beside encrypted", phone + "m=audio 5000 RTP/SAVP 0\nm=audio 49170 RTP/AVP 0\n", nil,
			Media{Remote: remote, Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"m=audio 0 RTP/SAVP 0", "m=audio 20000 RTP/AVP 0"}},
		{"IPv6", "v=0\no=- 1 1 IN IP6 2001:db8::1\nc=IN IP6 2001:db8::1\nm=audio 49170 RTP/AVP 0\n",
			func(l *Local) { l.Address = netip.MustParseAddrPort("[2001:db8::9]:20000") },
			Media{Remote: netip.MustParseAddrPort("[2001:db8::1]:49170"), Sending: one("PCMU", 0), PTime: 20 * time.Millisecond, Send: true, Receive: true},
			[]string{"c=IN IP6 2001:db8::9"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			local := ours
			if test.local != nil {
				test.local(&local)
			}
			offer, err := Parse([]byte(strings.ReplaceAll(test.offer, "\n", "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			text, media, err := Answer(offer, local)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Receiving, media.layout = test.want.Sending, nil
			if test.want.RemoteRTCP.Port() == 0 {
				test.want.RemoteRTCP = netip.AddrPortFrom(test.want.Remote.Addr(), test.want.Remote.Port()+1)
			}
			if !reflect.DeepEqual(media, test.want) {
				t.Errorf("agreed on %+v,\nwant      %+v", media, test.want)
			}
			for _, line := range test.lines {
				if !strings.Contains(string(text), line+"\r\n") {
					t.Errorf("the answer lacks %q:\n%s", line, text)
				}
			}
			if _, err := Parse(text); err != nil {
				t.Errorf("our own answer cannot be read: %v", err)
			}
		})
	}
}

// TestUnacceptableOffersSayWhy asks for a reason that a telephone's owner understands.
func TestUnacceptableOffersSayWhy(t *testing.T) {
	tests := []struct{ name, stream, why string }{
		{"encrypted", "m=audio 49170 RTP/SAVP 0\n", "SRTP"},
		{"encrypted beside video", "m=audio 49170 RTP/SAVP 0\nm=video 5000 RTP/AVP 31\n", "SRTP"},
		{"no codec in common", "m=audio 49170 RTP/AVP 18\n", "codecs"},
		{"a static type mapped to something else", "m=audio 49170 RTP/AVP 0\na=rtpmap:0 SPEEX/8000\n", "codecs"},
		{"only video", "m=video 49170 RTP/AVP 31\n", "video"},
		{"removed", "m=audio 0 RTP/AVP 0\n", "port is 0"},
		{"not RTP", "m=audio 49170 udp 0\n", "not RTP"},
		{"a host name that nobody has looked up", "m=audio 49170 RTP/AVP 0\nc=IN IP4 phone.example.com\n", "phone.example.com"}, // RFC 8866 §9 allows it
		{"multicast", "m=audio 49170 RTP/AVP 0\nc=IN IP4 224.2.1.1/127\n", "multicast"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			offer, err := Parse([]byte(phone + test.stream))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = Answer(offer, ours)
			if !errors.Is(err, ErrUnacceptable) || !strings.Contains(err.Error(), test.why) {
				t.Errorf("got %v, want a reason with %q", err, test.why)
			}
		})
	}
}

// TestMalformedTextIsRefused asks for an error that names the line.
func TestMalformedTextIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"empty":              "",
		"no stream":          phone,
		"no type":            phone + "hello\nm=audio 1 RTP/AVP 0\n",
		"no address":         phone + "m=audio 1 RTP/AVP 0\nc=IN IP4 1.2.3.4.5\n",
		"a port beyond":      phone + "m=audio 70000 RTP/AVP 0\n",
		"a hundred streams":  phone + strings.Repeat("m=audio 1 RTP/AVP 0\n", 100),
		"a gigantic session": phone + strings.Repeat("a=x\n", 10000),
	} {
		if _, err := Parse([]byte(text)); !errors.Is(err, ErrMalformed) {
			t.Errorf("%s: got %v, want ErrMalformed", name, err)
		}
	}
}

// TestAnswerToOurOfferIsRead asks that an offer and its answer agree.
func TestAnswerToOurOfferIsRead(t *testing.T) {
	offer, err := Parse(Offer(ours))
	if err != nil {
		t.Fatal(err)
	}
	theirs := Local{Address: netip.MustParseAddrPort("198.51.100.1:30000"), Codecs: []string{"PCMA"}, Hold: ReceiveOnly}
	text, there, err := Answer(offer, theirs)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	here, err := Accept(ours, answer)
	if err != nil {
		t.Fatal(err)
	}
	if here.Codec() != "PCMA" || there.Codec() != "PCMA" || here.Sending.Events[0].PayloadType != 101 || here.Remote != theirs.Address {
		t.Errorf("here %+v, there %+v", here, there)
	}
	if !here.Send || here.Receive || there.Send || !there.Receive {
		t.Errorf("directions: here %+v, there %+v", here, there)
	}
}

// FuzzParse asks that no text breaks the parser, and that what can be answered
// has an answer that can be read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(phone + "m=audio 49170 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\n"))
	f.Add([]byte(phone + "m=video 5000 RTP/AVP 31\nm=audio 49170 RTP/SAVP 0\na=rtcp:1 IN IP6 ::1\na=maxptime:1e3\n"))
	f.Add([]byte(phone + "m=audio 49170 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1;cbr=1\n"))
	f.Add([]byte("m=audio 1/2 RTP/AVP 0\nc=IN IP4 224.0.0.1/1\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		session, err := Parse(text)
		if err != nil {
			return
		}
		answer, media, err := Answer(session, wide)
		if err != nil {
			return
		}
		if media.Codec() == "" || media.PTime == 0 {
			t.Errorf("agreed on %+v", media)
		}
		if _, err := Parse(answer); err != nil {
			t.Errorf("answer %q: %v", answer, err)
		}
	})
}

func BenchmarkAnswer(b *testing.B) {
	text := []byte(phone + "m=audio 49170 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\n")
	b.ReportAllocs()
	for b.Loop() {
		offer, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := Answer(offer, ours); err != nil {
			b.Fatal(err)
		}
	}
}

// Of several a=fmtp lines for one number the last one counts, and a line of another number
// changes nothing.
func TestLastParametersCount(t *testing.T) {
	session, err := Parse([]byte("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 maxaveragebitrate=20000\r\na=fmtp:96 maxaveragebitrate=9000\r\na=fmtp:111 maxaveragebitrate=30000\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if format, ok := session.Streams[0].find("OPUS"); !ok || format.Opus.BitRate != 30000 {
		t.Errorf("found %t, %+v", ok, format)
	}
}

// TestCheckSaysWhatAnswerWould asks both about offers that can be taken and that cannot.
func TestCheckSaysWhatAnswerWould(t *testing.T) {
	local := Local{Address: netip.MustParseAddrPort("192.0.2.1:4000"), Codecs: []string{"PCMA", "PCMU"}}
	for streams, taken := range map[string]bool{
		"m=audio 4000 RTP/AVP 0 101\n":                      true,
		"m=image 1 udptl t38\nm=audio 4000 RTP/AVP 8\n":     true,
		"m=audio 4000 RTP/AVP 18\nm=audio 4000 RTP/AVP 8\n": true,
		"m=audio 4000 RTP/AVP 18\n":                         false,
		"m=audio 0 RTP/AVP 0\nm=image 1 udptl t38\n":        false,
		"m=audio 4000 UDP/TLS 0\n":                          false,
	} {
		session, err := Parse([]byte(phone + streams))
		if err != nil {
			t.Fatal(err)
		}
		_, _, want := Answer(session, local)
		if got := Check(session, local); (got == nil) != taken || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: %v, but the answer is %v", streams, got, want)
		}
	}
}
