package callautomation

import (
	"reflect"
	"testing"
)

// bothWays asks that a body with the enums as documented, and one with them in another
// case, are read as the same request.
func bothWays[T, R any](read func(T) (R, error), documented, other string) func(*testing.T) {
	return func(t *testing.T) {
		var got [2]R
		for i, body := range []string{documented, other} {
			request, err := decode[T](t, body)
			if err == nil {
				got[i], err = read(request)
			}
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
		}
		if !reflect.DeepEqual(got[0], got[1]) || reflect.ValueOf(got[0]).IsZero() {
			t.Errorf("read as\n%+v and\n%+v", got[0], got[1])
		}
	}
}

// TestEnumsAreReadInAnyCase: Microsoft's own samples write Pcm24KMono, and Azure's
// serializers read enums so.
func TestEnumsAreReadInAnyCase(t *testing.T) {
	locator := func(r connectRequest) (any, error) { return r.CallLocator.locator() }
	for name, test := range map[string]func(*testing.T){
		"tones": bothWays(sendDtmfTonesRequest.send,
			`{"tones":["one","pound","a"],"targetParticipant":{"kind":"phoneNumber","phoneNumber":{"value":"+15551230001"}}}`,
			`{"tones":["One","POUND","A"],"targetParticipant":{"kind":"PhoneNumber","phoneNumber":{"value":"+15551230001"}}}`),
		"file": bothWays(playRequest.play, `{"playSources":[{"kind":"file","file":{"uri":"https://app.example/p.wav"}}]}`,
			`{"playSources":[{"kind":"File","file":{"uri":"https://app.example/p.wav"}}]}`),
		"text": bothWays(playRequest.play, `{"playSources":[{"kind":"text","text":{"text":"hi","voiceKind":"female"}}]}`,
			`{"playSources":[{"kind":"Text","text":{"text":"hi","voiceKind":"Female"}}]}`),
		"ssml": bothWays(playRequest.play, `{"playSources":[{"kind":"ssml","ssml":{"ssmlText":"<speak/>"}}]}`,
			`{"playSources":[{"kind":"SSML","ssml":{"ssmlText":"<speak/>"}}]}`),
		"recognize": bothWays(recognizeRequest.recognize,
			`{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"4:+15551230001"},"dtmfOptions":{"stopTones":["pound"]}}}`,
			`{"recognizeInputType":"Dtmf","recognizeOptions":{"targetParticipant":{"rawId":"4:+15551230001"},"dtmfOptions":{"stopTones":["Pound"]}}}`),
		"server call": bothWays(locator, `{"callLocator":{"kind":"serverCallLocator","serverCallId":"c"}}`, `{"callLocator":{"kind":"ServerCallLocator","serverCallId":"c"}}`),
		"group call":  bothWays(locator, `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"}}`, `{"callLocator":{"kind":"GroupCallLocator","groupCallId":"g"}}`),
		"room call":   bothWays(locator, `{"callLocator":{"kind":"roomCallLocator","roomId":"9"}}`, `{"callLocator":{"kind":"RoomCallLocator","roomId":"9"}}`),
		"no kind":     bothWays(locator, `{"callLocator":{"kind":"groupCallLocator","groupCallId":"g"}}`, `{"callLocator":{"groupCallId":"g"}}`),
		"reject": bothWays(func(r rejectCallRequest) (any, error) { return r.reason() },
			`{"incomingCallContext":"c","callRejectReason":"forbidden"}`, `{"incomingCallContext":"c","callRejectReason":"Forbidden"}`),
	} {
		t.Run(name, test)
	}
}
