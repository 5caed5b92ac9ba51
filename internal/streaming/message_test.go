package streaming

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 29, 12, 0, 0, 250e6, time.UTC)

func TestMessagesAreWhatParsersAskFor(t *testing.T) {
	pcm := appendPCM(nil, []int16{1, -2})
	for _, test := range []struct {
		name string
		got  []byte
		want string
	}{
		{"metadata at 16 kHz", appendAudioMetadata(nil, "s1", 16000), `{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"s1","encoding":"PCM","sampleRate":16000,"channels":1,"length":640}}`},
		{"metadata at 24 kHz", appendAudioMetadata(nil, "s1", 24000), `{"kind":"AudioMetadata","audioMetadata":{"subscriptionId":"s1","encoding":"PCM","sampleRate":24000,"channels":1,"length":960}}`},
		{"mixed audio names nobody", appendAudioData(nil, noon, "", pcm, false), `{"kind":"AudioData","audioData":{"timestamp":"2026-11-29T12:00:00.250Z","data":"AQD+/w==","silent":false}}`},
		{"a participant's audio", appendAudioData(nil, noon, "4:+15551230001", pcm, true), `{"kind":"AudioData","audioData":{"timestamp":"2026-11-29T12:00:00.250Z","participantRawID":"4:+15551230001","data":"AQD+/w==","silent":true}}`},
		{"a key", appendTone(nil, noon, "4:+1", "#"), `{"kind":"DtmfData","dtmfData":{"data":"#","timestamp":"2026-11-29T12:00:00.250Z","participantRawID":"4:+1"}}`},
		{"a mark", appendMark(nil, "a\"b\\c\n", "Completed"), `{"kind":"MarkData","markData":{"id":"a\"b\\c\u000a","status":"Completed"}}`},
	} {
		if string(test.got) != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, test.got, test.want)
		}
		if !json.Valid(test.got) {
			t.Errorf("%s is not JSON", test.name)
		}
	}
}

// TestAFrameFitsIntoSmallBuffers: Microsoft's .NET sample reads each message into
// 2,048 bytes with one receive.
func TestAFrameFitsIntoSmallBuffers(t *testing.T) {
	who := "8:acs:" + strings.Repeat("0", 36) + "_" + strings.Repeat("0", 36)
	for _, rate := range []int{16000, 24000} {
		message := appendAudioData(nil, noon, who, make([]byte, frameBytes(rate)), false)
		if len(message) >= 2000 {
			t.Errorf("at %d Hz a message has %d bytes", rate, len(message))
		}
	}
}

func TestMessagesOfEverySDKAreRead(t *testing.T) {
	for _, test := range []struct {
		name, message string
		want          inbound
	}{
		{"JavaScript's audio", `{"kind":"audioData","audioData":{"data":"AQD+/w==","isSilent":false},"stopAudio":{}}`, inbound{kind: audioMessage, data: []byte("AQD+/w==")}},
		{"JavaScript's stop", `{"kind":"stopAudio","stopAudio":{}}`, inbound{kind: stopMessage}},
		{".NET's audio", `{"Kind":"AudioData","AudioData":{"Data":"AQD+/w==","Timestamp":"2026-11-29T12:00:00Z","Participant":null,"IsSilent":false},"StopAudio":null}`, inbound{kind: audioMessage, data: []byte("AQD+/w==")}},
		{".NET's stop", `{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}`, inbound{kind: stopMessage}},
		{"cases mixed", `{"kind":"AudioData","AudioData":{"data":"AA=="}}`, inbound{kind: audioMessage, data: []byte("AA==")}},
		{"the kind last, and blanks", " {\n\"audioData\" : {\"data\" : \"AA==\"} , \"KIND\":\"AUDIODATA\" }\n", inbound{kind: audioMessage, data: []byte("AA==")}},
		{"escapes that base64 does not need", `{"kind":"AudioData","audioData":{"data":"\u0041Q\/="}}`, inbound{kind: audioMessage, data: []byte("AQ/=")}},
		{"audio with a mark", `{"kind":"AudioData","audioData":{"data":"AA==","mark":{"id":"m1"}}}`, inbound{kind: audioMessage, data: []byte("AA=="), mark: "m1"}},
		{".NET's mark", `{"Kind":"AudioData","AudioData":{"Data":"AA==","Mark":{"Id":"m1","Status":null}}}`, inbound{kind: audioMessage, data: []byte("AA=="), mark: "m1"}},
		{"a mark alone", `{"Kind":"MarkData","MarkData":{"Id":"m2","Status":"x"}}`, inbound{kind: markMessage, mark: "m2"}},
		{"a wish for notices", `{"kind":"SpeechNotices","speechNotices":{"enabled":true}}`, inbound{kind: noticesMessage, on: true}},
		{"no more notices", `{"kind":"SpeechNotices","speechNotices":{"enabled":false}}`, inbound{kind: noticesMessage}},
		{"audio without data", `{"kind":"AudioData","audioData":{}}`, inbound{kind: audioMessage}},
		{"a kind from elsewhere", `{"kind":"StartAudio","x":[1,{"y":[]},-1.5e3,true,null,"]}"]}`, inbound{name: "StartAudio"}},
	} {
		got, err := parseInbound([]byte(test.message))
		if err != nil || got.kind != test.want.kind || got.name != test.want.name || string(got.data) != string(test.want.data) || got.mark != test.want.mark || got.on != test.want.on {
			t.Errorf("%s: got %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}

func TestWhatIsNoMessageIsAnError(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for _, message := range []string{
		``, `{`, `[]`, `"kind"`, `{"kind"}`, `{"kind":}`, `{"kind":"AudioData",}`, `{"kind":"AudioData"} x`, `{"audioData":{"data":"AA=="}}`, `{"kind":3}`,
		`{"kind":"AudioData","audioData":[]}`, `{"kind":"SpeechNotices","speechNotices":true}`, `{"kind":"AudioData","audioData":{"data":"`, `{"kind":"AudioData\"}`, `{"kind":"x","y":` + deep + `}`, `{3:"kind"}`,
		`{"kind":"MarkData","markData":{"id":"` + strings.Repeat("m", maxMarkID+1) + `"}}`,
	} {
		if got, err := parseInbound([]byte(message)); err == nil {
			t.Errorf("%.60s: got %+v, want an error", message, got)
		}
	}
}

// FuzzInbound compares what is read with what encoding/json reads.
func FuzzInbound(f *testing.F) {
	f.Add([]byte(`{"kind":"audioData","audioData":{"data":"AQD+/w==","isSilent":false},"stopAudio":{}}`))
	f.Add([]byte(`{"Kind":"AudioData","AudioData":{"Data":"\u0041","Mark":{"Id":"m"}}}`))
	f.Fuzz(func(t *testing.T, message []byte) {
		got, err := parseInbound(message)
		if !json.Valid(message) {
			return // the scanner takes some of it; nothing but bounds matters then
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(message, &members) != nil {
			if err == nil {
				t.Fatalf("%q is no object, and was read as %+v", message, got)
			}
			return
		}
		if err == nil && got.kind == audioMessage && len(got.data) > len(message) {
			t.Fatalf("%q: more data than message", message)
		}
	})
}

func BenchmarkMessages(b *testing.B) {
	pcm := make([]byte, frameBytes(16000))
	in := append(append([]byte(`{"kind":"AudioData","audioData":{"data":"`), base64.StdEncoding.EncodeToString(pcm)...), `"},"stopAudio":{}}`...)
	buf := make([]byte, 0, 2048)
	b.Run("out", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			buf = appendAudioData(buf[:0], noon, "4:+15551230001", pcm, false)
		}
	})
	b.Run("in", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := parseInbound(in); err != nil {
				b.Fatal(err)
			}
		}
	})
}
