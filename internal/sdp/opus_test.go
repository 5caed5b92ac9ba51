package sdp

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
)

var wide = Local{
	Address: netip.MustParseAddrPort("192.0.2.10:20000"),
	Codecs:  []string{"OPUS", "G722", "PCMU"},
	ID:      7, Version: 1,
}

// TestOpusIsOffered asks for RFC 7587's lines, and tones for both clocks.
func TestOpusIsOffered(t *testing.T) {
	text := string(Offer(wide))
	for _, line := range []string{
		"m=audio 20000 RTP/AVP 111 9 0 110 101",
		"a=rtpmap:111 opus/48000/2", "a=fmtp:111 " + opusParameters, "a=maxptime:60",
		"a=rtpmap:9 G722/8000", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:101 telephone-event/8000",
	} {
		if !strings.Contains(text, line+"\r\n") {
			t.Errorf("the offer lacks %q:\n%s", line, text)
		}
	}
	if plain := string(Offer(ours)); strings.Contains(plain, "48000") || strings.Contains(plain, "maxptime") {
		t.Errorf("an offer without Opus speaks of it:\n%s", plain)
	}
}

func TestOpusIsAnswered(t *testing.T) {
	const stream = "m=audio 49170 RTP/AVP 96 0 101 102\na=rtpmap:96 opus/48000/2\n"
	for _, test := range []struct {
		name, offer string
		ptime       time.Duration
		events      []Events
		wanted      Opus
		lines       []string
	}{
		{"with what the far end wants of the encoder",
			stream + "a=fmtp:96 stereo=1; useinbandfec=1;cbr=1 ;maxaveragebitrate=16000;sprop-stereo=x\na=rtpmap:101 telephone-event/48000\n",
			20, []Events{{101, 48000}}, Opus{true, true, 16000},
			[]string{"m=audio 20000 RTP/AVP 96 101", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 " + opusParameters, "a=rtpmap:101 telephone-event/48000"}},
		{"with the tones of its own clock before others",
			stream + "a=rtpmap:101 telephone-event/8000\na=rtpmap:102 telephone-event/48000\n",
			20, []Events{{102, 48000}}, Opus{}, nil},
		{"with the tones that every phone has, if there are no others",
			stream + "a=rtpmap:101 telephone-event/8000\na=ptime:40\n",
			40, []Events{{101, 8000}}, Opus{},
			[]string{"a=rtpmap:101 telephone-event/8000", "a=ptime:40"}},
		{"in packets that it has", stream + "a=ptime:30\n", 20, nil, Opus{}, []string{"a=ptime:20"}},
		{"without tones and wishes", stream + "a=fmtp:96\na=fmtp:x y\n", 20, nil, Opus{}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			offer, err := Parse([]byte(phone + test.offer))
			if err != nil {
				t.Fatal(err)
			}
			text, media, err := Answer(offer, wide)
			if err != nil {
				t.Fatal(err)
			}
			formats := Formats{Codecs: []Format{{96, "OPUS", test.wanted}}, Events: test.events}
			want := Media{
				Remote: netip.MustParseAddrPort("198.51.100.1:49170"), RemoteRTCP: netip.MustParseAddrPort("198.51.100.1:49171"),
				Send: true, Receive: true, Sending: formats, Receiving: formats, PTime: test.ptime * time.Millisecond,
			}
			if media.layout = nil; !reflect.DeepEqual(media, want) {
				t.Errorf("agreed on %+v,\nwant      %+v", media, want)
			}
			for _, line := range test.lines {
				if !strings.Contains(string(text), line+"\r\n") {
					t.Errorf("the answer lacks %q:\n%s", line, text)
				}
			}
		})
	}
}
