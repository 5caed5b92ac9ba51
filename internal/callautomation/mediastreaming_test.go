package callautomation

import (
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestStreamingOptionsOfSDKsAreTaken: what SDKs and samples send, and what is refused by name.
func TestStreamingOptionsOfSDKsAreTaken(t *testing.T) {
	for _, test := range []struct {
		name, options string
		want          *call.Streaming
		names         string // the member that a refusal names
	}{
		{"none", `null`, nil, ""},
		{"the SDK's", `{"transportType":"websocket","transportUrl":"wss://app.example/s","contentType":"audio","audioChannelType":"mixed","startMediaStreaming":true}`,
			&call.Streaming{URL: "wss://app.example/s", Rate: 16000, AtOnce: true}, ""},
		{"the samples'", `{"transportType":"Websocket","transportUrl":"wss://app.example/s","contentType":"Audio","audioChannelType":"Unmixed","audioFormat":"Pcm24KMono","enableBidirectional":true,"enableDtmfTones":true}`,
			&call.Streaming{URL: "wss://app.example/s", Rate: 24000, Unmixed: true, Bidirectional: true, Tones: true}, ""},
		{"no address yet", `{"transportType":"websocket","audioChannelType":"mixed"}`, &call.Streaming{Rate: 16000}, ""},
		{"no address to start with", `{"transportType":"websocket","audioChannelType":"mixed","startMediaStreaming":true}`, nil, "transportUrl"},
		{"an address of the web", `{"transportUrl":"https://app.example","audioChannelType":"mixed"}`, &call.Streaming{URL: "wss://app.example", Rate: 16000}, ""},
		{"an address of no web", `{"transportUrl":"tcp://app.example","audioChannelType":"mixed"}`, nil, "transportUrl"},
		{"another transport", `{"transportType":"carrier pigeon","transportUrl":"wss://a","audioChannelType":"mixed"}`, nil, "transportType"},
		{"pictures", `{"transportUrl":"wss://a","audioChannelType":"mixed","contentType":"video"}`, nil, "contentType"},
		{"no channels", `{"transportUrl":"wss://a"}`, nil, "audioChannelType"},
		{"another rate", `{"transportUrl":"wss://a","audioChannelType":"mixed","audioFormat":"pcm48KMono"}`, nil, "audioFormat"},
	} {
		request, err := decode[createCallRequest](t, `{"mediaStreamingOptions":`+test.options+`}`)
		if err != nil {
			t.Fatal(err)
		}
		got, err := request.MediaStreaming.streaming()
		if test.names != "" {
			if err == nil || !strings.Contains(err.Error(), "mediaStreamingOptions."+test.names) {
				t.Errorf("%s: got %v, want a refusal of %s", test.name, err, test.names)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}
