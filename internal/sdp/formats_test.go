package sdp

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// TestAnswerTellsWhatMayCome asks under which numbers we send after an answer to our
// offer, and under which we must hear: all formats that stand in both, under the
// offer's numbers, and under the answer's, since some far ends send so.
func TestAnswerTellsWhatMayCome(t *testing.T) {
	fec, asked := Opus{Redundant: true}, Opus{Redundant: true, BitRate: 48000}
	for _, test := range []struct {
		name            string
		local           Local
		stream          string
		send, mayArrive Formats
	}{
		{"both codecs of ours", ours, "m=audio 4000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\n",
			Formats{Codecs: []Format{{0, "PCMU", Opus{}}, {8, "PCMA", Opus{}}}, Events: []Events{{101, 8000}}},
			Formats{Codecs: []Format{{0, "PCMU", Opus{}}, {8, "PCMA", Opus{}}}, Events: []Events{{101, 8000}}}},
		{"one of them", ours, "m=audio 4000 RTP/AVP 8\n", one("PCMA", 8), one("PCMA", 8)},
		{"our order counts", ours, "m=audio 4000 RTP/AVP 8 0\n",
			Formats{Codecs: []Format{{0, "PCMU", Opus{}}, {8, "PCMA", Opus{}}}},
			Formats{Codecs: []Format{{0, "PCMU", Opus{}}, {8, "PCMA", Opus{}}}}},
		{"tones renumbered", ours, "m=audio 4000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\n",
			one("PCMU", 0, Events{96, 8000}), one("PCMU", 0, Events{101, 8000}, Events{96, 8000})},
		{"a static codec renumbered", ours, "m=audio 4000 RTP/AVP 97\na=rtpmap:97 PCMA/8000\n",
			one("PCMA", 97), Formats{Codecs: []Format{{8, "PCMA", Opus{}}, {97, "PCMA", Opus{}}}}},
		{"Opus renumbered, tones of both clocks", wide,
			"m=audio 4000 RTP/AVP 96 0 97 98\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\na=rtpmap:97 telephone-event/48000\na=rtpmap:98 telephone-event/8000\n",
			Formats{Codecs: []Format{{96, "OPUS", fec}, {0, "PCMU", Opus{}}}, Events: []Events{{97, 48000}, {98, 8000}}},
			Formats{Codecs: []Format{{111, "OPUS", asked}, {0, "PCMU", Opus{}}, {96, "OPUS", asked}}, Events: []Events{{110, 48000}, {101, 8000}, {97, 48000}, {98, 8000}}}},
		{"numbers exchanged: those of the offer count", wide,
			"m=audio 4000 RTP/AVP 101 111\na=rtpmap:101 opus/48000/2\na=rtpmap:111 telephone-event/8000\n",
			one("OPUS", 101, Events{111, 8000}),
			Formats{Codecs: []Format{{111, "OPUS", asked}}, Events: []Events{{101, 8000}}}},
		{"tones of a clock that was not offered", Local{Address: ours.Address, Codecs: []string{"OPUS"}},
			"m=audio 4000 RTP/AVP 111 101\na=rtpmap:111 opus/48000/2\na=rtpmap:101 telephone-event/8000\n",
			one("OPUS", 111, Events{101, 8000}), Formats{Codecs: []Format{{111, "OPUS", asked}}, Events: []Events{{101, 8000}}}},
		{"tones of a clock that no codec of ours has", ours,
			"m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/16000\n",
			one("PCMU", 0, Events{101, 16000}), one("PCMU", 0, Events{101, 16000})},
		{"tones of the codec that was not taken", wide,
			"m=audio 4000 RTP/AVP 0 110\na=rtpmap:110 telephone-event/48000\n",
			one("PCMU", 0, Events{110, 48000}), one("PCMU", 0, Events{110, 48000})},
		{"tones of three clocks, one of them twice", ours,
			"m=audio 4000 RTP/AVP 0 100 102 101 103\na=rtpmap:100 telephone-event/48000\na=rtpmap:102 telephone-event/16000\na=rtpmap:101 telephone-event/8000\na=rtpmap:103 telephone-event/8000\n",
			one("PCMU", 0, Events{101, 8000}, Events{100, 48000}, Events{102, 16000}), one("PCMU", 0, Events{101, 8000}, Events{100, 48000}, Events{102, 16000})},
		{"tones without a clock, and with an impossible one", ours,
			"m=audio 4000 RTP/AVP 0 101 102\na=rtpmap:101 telephone-event/0\na=rtpmap:102 telephone-event\n",
			one("PCMU", 0, Events{102, 8000}), one("PCMU", 0, Events{101, 8000}, Events{102, 8000})},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, err := Parse([]byte(phone + test.stream))
			if err != nil {
				t.Fatal(err)
			}
			media, err := Accept(test.local, answer)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(media.Sending, test.send) {
				t.Errorf("we send %+v,\nwant    %+v", media.Sending, test.send)
			}
			if !reflect.DeepEqual(media.Receiving, test.mayArrive) {
				t.Errorf("may come %+v,\nwant     %+v", media.Receiving, test.mayArrive)
			}
		})
	}
}

// TestOffersHaveTonesOfManyClocks asks that the tones of our answer are those of the
// chosen codec's clock, else of 8000 Hz, else any, under the clock that the offer gives.
func TestOffersHaveTonesOfManyClocks(t *testing.T) {
	const three = "a=rtpmap:100 telephone-event/48000\na=rtpmap:101 telephone-event/16000\na=rtpmap:102 telephone-event/8000\n"
	for _, test := range []struct {
		name, stream string
		local        Local
		want         Events
	}{
		{"PCMU", "m=audio 4000 RTP/AVP 0 100 101 102\n" + three, ours, Events{102, 8000}},
		{"G.722, whose RTP clock is 8000", "m=audio 4000 RTP/AVP 9 100 101 102\n" + three, wide, Events{102, 8000}},
		{"Opus", "m=audio 4000 RTP/AVP 111 101 102 100\na=rtpmap:111 opus/48000/2\n" + three, wide, Events{100, 48000}},
		{"Opus without tones of its own", "m=audio 4000 RTP/AVP 111 101 102\na=rtpmap:111 opus/48000/2\n" + three, wide, Events{102, 8000}},
		{"tones of another clock alone", "m=audio 4000 RTP/AVP 0 101\n" + three, ours, Events{101, 16000}},
		{"tones of Opus alone", "m=audio 4000 RTP/AVP 0 100\n" + three, ours, Events{100, 48000}},
	} {
		offer, err := Parse([]byte(phone + test.stream))
		if err != nil {
			t.Fatal(err)
		}
		text, media, err := Answer(offer, test.local)
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("a=rtpmap:%d telephone-event/%d\r\n", test.want.PayloadType, test.want.Clock)
		if !reflect.DeepEqual(media.Receiving.Events, []Events{test.want}) || !strings.Contains(string(text), line) {
			t.Errorf("%s: %+v\n%s", test.name, media.Receiving.Events, text)
		}
	}
}

// TestTonesHaveTheirCodecsClock asks for RFC 4733 §2.1, for 8000 Hz otherwise, and else
// for what there is.
func TestTonesHaveTheirCodecsClock(t *testing.T) {
	both := Formats{Events: []Events{{101, 8000}, {110, 48000}}}
	for _, test := range []struct {
		formats Formats
		clock   int
		want    uint8
	}{{both, 48000, 110}, {both, 8000, 101}, {both, 16000, 101}, {Formats{Events: both.Events[1:]}, 8000, 110}, {Formats{}, 8000, 0}} {
		if events, ok := test.formats.EventsFor(test.clock); events.PayloadType != test.want || ok != (test.want != 0) {
			t.Errorf("%+v at %d Hz: %+v, %v", test.formats, test.clock, events, ok)
		}
	}
}
