package callautomation

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// decode reads a body as a handler does.
func decode[T any](t *testing.T, body string) (T, error) {
	t.Helper()
	return rest.Decode[T](httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
}

const aUser = "8:acs:11111111-2222-4333-8444-555555555555_0000000a-1111-4222-8333-444444444444"

// TestCreateBodiesOfEverySDK: each SDK writes the same call differently.
func TestCreateBodiesOfEverySDK(t *testing.T) {
	cases := map[string]string{
		"JavaScript": `{"targets":[{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001","isAnonymous":false}}],"sourceCallerIdNumber":{"value":"+15550100001","isAnonymous":false},"sourceDisplayName":"Desk","source":{"id":"` + aUser + `"},"operationContext":"oc","callbackUri":"https://app.example/cb","callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://cog.example"}}`,
		"Python":     `{"targets": [{"rawId": "4:+15551230001", "kind": "phoneNumber", "phoneNumber": {"value": "+15551230001"}}], "callbackUri": "https://app.example/cb", "sourceCallerIdNumber": {"value": "+15550100001"}, "sourceDisplayName": "Desk", "source": {"id": "` + aUser + `"}, "operationContext": "oc", "callIntelligenceOptions": {"cognitiveServicesEndpoint": "https://cog.example"}, "mediaStreamingOptions": null, "transcriptionOptions": null, "teamsAppSource": null, "customCallingContext": null}`,
		"Java":       `{"targets":[{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}],"sourceCallerIdNumber":{"value":"+15550100001"},"sourceDisplayName":"Desk","source":{"id":"` + aUser + `"},"operationContext":"oc","callbackUri":"https://app.example/cb","callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://cog.example"}}`,
		".NET":       `{"targets":[{"kind":"phoneNumber","rawId":"4:\u002B15551230001","phoneNumber":{"value":"\u002B15551230001"}}],"sourceCallerIdNumber":{"value":"\u002B15550100001"},"sourceDisplayName":"Desk","source":{"id":"` + aUser + `"},"operationContext":"oc","callbackUri":"https://app.example/cb","callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://cog.example"},"customCallingContext":{"voipHeaders":{},"sipHeaders":{}}}`,
	}
	for sdk, body := range cases {
		t.Run(sdk, func(t *testing.T) {
			request, err := decode[createCallRequest](t, body)
			if err != nil {
				t.Fatal(err)
			}
			create, err := request.create("2026-03-12")
			if err != nil {
				t.Fatal(err)
			}
			if len(create.Targets) != 1 || create.Targets[0] != phoneID("+15551230001") || create.CallerID != phoneID("+15550100001") ||
				create.Source.Raw() != aUser || create.DisplayName != "Desk" || create.Control.Context != "oc" ||
				create.Control.CallbackURI != "https://app.example/cb" || create.Control.SpeechEndpoint != "https://cog.example" {
				t.Errorf("got %+v", create)
			}
		})
	}
}

// TestRecognizeBodiesOfEverySDK: media requests come without kind, with one prompt
// or several, with nulls.
func TestRecognizeBodiesOfEverySDK(t *testing.T) {
	cases := map[string]string{
		"JavaScript": `{"recognizeInputType":"dtmf","playPrompts":[{"kind":"file","file":{"uri":"https://app.example/p.wav"}}],"interruptCallMediaOperation":true,"recognizeOptions":{"interruptPrompt":true,"initialSilenceTimeoutInSeconds":10,"targetParticipant":{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}},"dtmfOptions":{"interToneTimeoutInSeconds":3,"maxTonesToCollect":4,"stopTones":["pound"]}}}`,
		"Python":     `{"recognizeInputType": "dtmf", "recognizeOptions": {"targetParticipant": {"rawId": "4:+15551230001", "kind": "phoneNumber", "phoneNumber": {"value": "+15551230001"}}, "interruptPrompt": true, "initialSilenceTimeoutInSeconds": 10, "speechLanguage": null, "speechRecognitionModelEndpointId": null, "dtmfOptions": {"interToneTimeoutInSeconds": 3, "maxTonesToCollect": 4, "stopTones": ["pound"]}, "choices": null, "speechOptions": null}, "playPrompt": {"kind": "file", "file": {"uri": "https://app.example/p.wav"}, "playSourceCacheId": null}, "playPrompts": null, "interruptCallMediaOperation": true, "operationContext": null, "operationCallbackUri": null}`,
		".NET":       `{"recognizeInputType":"dtmf","playPrompt":{"kind":"file","file":{"uri":"https://app.example/p.wav"}},"interruptCallMediaOperation":true,"recognizeOptions":{"interruptPrompt":true,"initialSilenceTimeoutInSeconds":10,"targetParticipant":{"kind":"phoneNumber","rawId":"4:\u002B15551230001","phoneNumber":{"value":"\u002B15551230001"}},"speechLanguage":"","dtmfOptions":{"interToneTimeoutInSeconds":3,"maxTonesToCollect":4,"stopTones":["pound"]}},"operationContext":"pin"}`,
		"Java":       `{"recognizeInputType":"dtmf","playPrompt":{"kind":"file","file":{"uri":"https://app.example/p.wav"}},"interruptCallMediaOperation":true,"recognizeOptions":{"targetParticipant":{"kind":"phoneNumber","rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}},"interruptPrompt":true,"initialSilenceTimeoutInSeconds":10,"dtmfOptions":{"interToneTimeoutInSeconds":3,"maxTonesToCollect":4,"stopTones":["pound"]}},"operationContext":"pin"}`,
	}
	for sdk, body := range cases {
		t.Run(sdk, func(t *testing.T) {
			request, err := decode[recognizeRequest](t, body)
			if err != nil {
				t.Fatal(err)
			}
			r, err := request.recognize()
			if err != nil {
				t.Fatal(err)
			}
			if r.Target != phoneID("+15551230001") || r.MaxTones != 4 || r.InterTone != 3*time.Second || r.InitialSilence != 10*time.Second ||
				len(r.StopTones) != 1 || r.StopTones[0] != '#' || len(r.Prompts) != 1 || r.Prompts[0] != call.Prompt(call.File{URI: "https://app.example/p.wav"}) || !r.Interrupt || !r.InterruptPrompt {
				t.Errorf("got %+v", r)
			}
		})
	}
}

func TestRecognizeHasDefaults(t *testing.T) {
	request, err := decode[recognizeRequest](t, `{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"4:+1555"}}}`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := request.recognize()
	if err != nil || r.InitialSilence != 5*time.Second || r.InterTone != 2*time.Second || !r.InterruptPrompt || !r.Interrupt || r.MaxTones != 0 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// TestSpaceAroundAddressesDoesNotCount: a sample of Microsoft's has a blank before its
// operationCallbackUri.
func TestSpaceAroundAddressesDoesNotCount(t *testing.T) {
	const want = "https://a/x?callerId=4:+15551230001"
	create, err := decode[createCallRequest](t, `{"targets":[{"rawId":"4:+15551230001"}],"callbackUri":" `+want+`\n",
		"transcriptionOptions":{"transportUrl":" wss://a/ ","locale":"en-US"}}`)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := create.create("2026-03-12"); err != nil || made.Control.CallbackURI != want || made.Control.Transcription.URL != "wss://a/" {
		t.Errorf("create: %+v, %v", made, err)
	}
	play, err := decode[playRequest](t, `{"playSources":[{"file":{"uri":" https://a/p.wav "}}],"operationCallbackUri":" `+want+`"}`)
	if err != nil {
		t.Fatal(err)
	}
	if made, err := play.play(); err != nil || made.Context.CallbackURI != want || made.Prompts[0] != call.Prompt(call.File{URI: "https://a/p.wav"}) {
		t.Errorf("play: %+v, %v", made, err)
	}
	if made, err := recordOf(t, aLocator+`"recordingStateCallbackUri":"`+want+` "}`, converts{}); err != nil || made.CallbackURI != want {
		t.Errorf("record: %+v, %v", made, err)
	}
}

// TestBadRequestsNameTheirField: a clear error, and nothing is changed.
func TestBadRequestsNameTheirField(t *testing.T) {
	target := `"targets":[{"rawId":"4:+15551230001"}]`
	create := func(body string) error {
		request, err := decode[createCallRequest](t, body)
		if err == nil {
			_, err = request.create("2026-03-12")
		}
		return err
	}
	recognize := func(options string) error {
		request, err := decode[recognizeRequest](t, `{"recognizeInputType":"dtmf","recognizeOptions":{"targetParticipant":{"rawId":"4:+1555"},`+options+`}}`)
		if err == nil {
			_, err = request.recognize()
		}
		return err
	}
	play := func(sources string) error {
		request, err := decode[playRequest](t, `{"playSources":`+sources+`}`)
		if err == nil {
			_, err = request.play()
		}
		return err
	}
	playTo := func(list string) error {
		request, err := decode[playRequest](t, `{"playSources":[{"file":{"uri":"https://a/"}}],"playTo":[`+list+`]}`)
		if err == nil {
			_, err = request.play()
		}
		return err
	}
	send := func(tones string) error {
		request, err := decode[sendDtmfTonesRequest](t, `{"targetParticipant":{"rawId":"4:+1555"},"tones":`+tones+`}`)
		if err == nil {
			_, err = request.send()
		}
		return err
	}
	long := strings.Repeat("x", maxAddress)
	cases := []struct {
		name, names string
		err         error
	}{
		{"no callback", "callbackUri", create(`{` + target + `}`)},
		{"callback without host", "callbackUri", create(`{` + target + `,"callbackUri":"https:///x"}`)},
		{"callback of another scheme", "callbackUri", create(`{` + target + `,"callbackUri":"ftp://a/x"}`)},
		{"a long callback", "callbackUri", create(`{` + target + `,"callbackUri":"https://a/` + long + `"}`)},
		{"a long address of streams", "transportUrl", create(`{` + target + `,"callbackUri":"https://a/x","mediaStreamingOptions":{"transportUrl":"wss://a/` + long + `","audioChannelType":"mixed"}}`)},
		{"a long address of speech", "cognitiveServicesEndpoint", create(`{` + target + `,"callbackUri":"https://a/x","callIntelligenceOptions":{"cognitiveServicesEndpoint":"https://` + long + `"}}`)},
		{"a long address of other speech", "backupCognitiveServicesEndpoint", create(`{` + target + `,"callbackUri":"https://a/x","callIntelligenceOptions":{"backupCognitiveServicesEndpoint":"https://` + long + `"}}`)},
		{"a long file", "playSources[0].file.uri", play(`[{"kind":"file","file":{"uri":"https://a/` + long + `"}}]`)},
		{"a cache id that could be the server's own", "playSources[0].playSourceCacheId", play(`[{"kind":"text","text":{"text":"x"},"playSourceCacheId":"\u0000abc"}]`)},
		{"a long cache id", "playSources[0].playSourceCacheId", play(`[{"kind":"file","playSourceCacheId":"` + long + `x","file":{"uri":"https://a/"}}]`)},
		{"a long voice", "text.voiceName", play(`[{"text":{"text":"hello","voiceName":"` + long + `x"}}]`)},
		{"a long trained voice", "text.customVoiceEndpointId", play(`[{"text":{"text":"hello","customVoiceEndpointId":"` + long + `x"}}]`)},
		{"a long trained voice of a document", "ssml.customVoiceEndpointId", play(`[{"ssml":{"ssmlText":"<speak/>","customVoiceEndpointId":"` + long + `x"}}]`)},
		{"a long model", "recognizeOptions.speechRecognitionModelEndpointId", recognize(`"speechRecognitionModelEndpointId":"` + long + `x"`)},
		{"a long model of transcription", "transcriptionOptions.speechModelEndpointId", create(`{` + target + `,"callbackUri":"https://a/x","transcriptionOptions":{"locale":"en-US","speechModelEndpointId":"` + long + `x"}}`)},
		{"a long model of transcription, of previews", "transcriptionOptions.speechRecognitionModelEndpointId", create(`{` + target + `,"callbackUri":"https://a/x","transcriptionOptions":{"locale":"en-US","speechRecognitionModelEndpointId":"` + long + `x"}}`)},
		{"many stop tones", "stopTones", recognize(`"dtmfOptions":{"stopTones":[` + strings.Repeat(`"one",`, maxStopTones) + `"two"]}`)},
		{"more to play to than a call has", "playTo", playTo(strings.Repeat(`{"rawId":"4:+1555"},`, call.MaxParticipants) + `{"rawId":"4:+1556"}`)},
		{"more targets than participants of a call", "targets: Between 1 and 100 targets are required.", create(`{"targets":[` + strings.Repeat(`{"rawId":"4:+1555"},`, call.MaxParticipants) + `{"rawId":"4:+1556"}],"callbackUri":"https://a/x"}`)},
		{"null target", "targets[0]", create(`{"targets":[null],"callbackUri":"https://a/x"}`)},
		{"long name", "sourceDisplayName", create(`{` + target + `,"callbackUri":"https://a/x","sourceDisplayName":"` + strings.Repeat("x", 300) + `"}`)},
		{"Teams app", "teamsAppSource", create(`{` + target + `,"callbackUri":"https://a/x","teamsAppSource":{"appId":"x"}}`)},
		{"streaming at once", "mediaStreamingOptions", create(`{` + target + `,"callbackUri":"https://a/x","mediaStreamingOptions":{"startMediaStreaming":true}}`)},
		{"SIP header without prefix", "sipHeaders", create(`{` + target + `,"callbackUri":"https://a/x","customCallingContext":{"sipHeaders":{"Via":"x"}}}`)},
		{"SIP header that begins another", "sipHeaders", create(`{` + target + `,"callbackUri":"https://a/x","customCallingContext":{"sipHeaders":{"X-MS-Custom-a":"b\r\nVia: c"}}}`)},
		{"six SIP headers", "sipHeaders", create(`{` + target + `,"callbackUri":"https://a/x","customCallingContext":{"sipHeaders":{"X-1":"","X-2":"","X-3":"","X-4":"","X-5":"","X-6":""}}}`)},
		{"inter-tone of nothing", "interToneTimeoutInSeconds", recognize(`"dtmfOptions":{"interToneTimeoutInSeconds":0}`)},
		{"initial silence of a day", "initialSilenceTimeoutInSeconds", recognize(`"initialSilenceTimeoutInSeconds":86400`)},
		{"no tone at most", "maxTonesToCollect", recognize(`"dtmfOptions":{"maxTonesToCollect":0}`)},
		{"unknown stop tone", "stopTones[0]", recognize(`"dtmfOptions":{"stopTones":["hash"]}`)},
		{"no source", "playSources", play(`[]`)},
		{"relative file", "playSources[0].file.uri", play(`[{"kind":"file","file":{"uri":"p.wav"}}]`)},
		{"a long text", "text.text", play(`[{"kind":"text","text":{"text":"` + strings.Repeat("x", maxText+1) + `"}}]`)},
		{"a language that is none", "sourceLocale", play(`[{"text":{"text":"hello","sourceLocale":"English!"}}]`)},
		{"a voice of no kind", "voiceKind", play(`[{"text":{"text":"hello","voiceKind":"robot"}}]`)},
		{"no text", "playSources[0].text", play(`[{"kind":"text"}]`)},
		{"a document that is no XML", "ssmlText", play(`[{"kind":"ssml","ssml":{"ssmlText":"<speak>"}}]`)},
		{"unknown source", "playSources[0].kind", play(`[{"kind":"song"}]`)},
		{"no tones", "tones", send(`[]`)},
		{"nineteen tones", "tones", send(`["one","one","one","one","one","one","one","one","one","one","one","one","one","one","one","one","one","one","one"]`)},
		{"a tone that is none", "tones[1]", send(`["one","flash"]`)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.err == nil {
				t.Fatal("it was accepted")
			}
			failed := fault.Of(c.err)
			if failed.Kind != fault.KindInvalid && failed.Kind != fault.KindUnsupported {
				t.Errorf("it is of kind %d: %v", failed.Kind, c.err)
			}
			if !strings.Contains(failed.Message, c.names) {
				t.Errorf("%q does not name %s", failed.Message, c.names)
			}
		})
	}
}

// TestAddressesInMessagesHideWhatGivesAccess, and what is no address is not repeated.
func TestAddressesInMessagesHideWhatGivesAccess(t *testing.T) {
	for address, want := range map[string]string{
		"secret":                  `callbackUri: what is given is not an absolute https or http address.`,
		"ftp://u:p@app.test/?k=s": `callbackUri: "ftp://app.test/" is not an absolute https or http address.`,
	} {
		if _, err := callbackURI("callbackUri", address, true); err == nil || err.Error() != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}
