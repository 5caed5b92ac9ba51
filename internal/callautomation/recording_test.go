package callautomation

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording"
	"github.com/switchhook/switchhook/internal/recording/access"
)

// converts is a Recorder that makes everything, or, with an error, nothing.
type converts struct{ err error }

func (c converts) Converts(recording.Format) error { return c.err }
func (c converts) Exports(string) error            { return c.err }
func (c converts) Admit(access.Request) error      { return nil }

// aLocator begins a body that names a call.
const aLocator = `{"callLocator":{"kind":"serverCallLocator","serverCallId":"aHR0cHM6Ly94"},`

func recordOf(t *testing.T, body string, c Recorder) (call.Record, error) {
	t.Helper()
	request, err := decode[startRecordingRequest](t, body)
	if err != nil {
		return call.Record{}, err
	}
	return request.record("2026-03-12", "primary", c)
}

func TestRecordingOptionsHaveTheirDefaults(t *testing.T) {
	works, fails := converts{}, converts{errors.New("ffmpeg is not installed")}
	for _, test := range []struct {
		name, body string
		with       Recorder
		want       string // options, or the code of the refusal
	}{
		{"nothing", ``, works, "audioVideo mixed mp4"},
		{"wav", `"recordingFormatType":"wav"`, fails, "audio mixed wav"},
		{"mp3", `"recordingFormatType":"mp3"`, works, "audio mixed mp3"},
		{"audio", `"recordingContentType":"audio"`, works, "audio mixed mp3"},
		{"unmixed", `"recordingChannelType":"unmixed"`, fails, "audio unmixed wav"},
		{"audio, mixed, wav", `"recordingContentType":"audio","recordingChannelType":"mixed","recordingFormatType":"wav"`, fails, "audio mixed wav"},
		{"upper case", `"recordingContentType":"Audio","recordingChannelType":"Unmixed","recordingFormatType":"Wav"`, fails, "audio unmixed wav"},
		{"nulls", `"recordingContentType":null,"recordingChannelType":null,"recordingFormatType":"wav","channelAffinity":null,"audioChannelParticipantOrdering":null,"pauseOnStart":null,"externalStorage":null`, fails, "audio mixed wav"},
		{"mp3 without ffmpeg", `"recordingFormatType":"mp3"`, fails, "8522"},
		{"nothing without ffmpeg", ``, fails, "8522"},
		{"video as wav", `"recordingContentType":"audioVideo","recordingFormatType":"wav"`, works, "8557"},
		{"sound as mp4", `"recordingContentType":"audio","recordingFormatType":"mp4"`, works, "8557"},
		{"unmixed mp3", `"recordingChannelType":"unmixed","recordingFormatType":"mp3"`, works, "8557"},
		{"unmixed video", `"recordingContentType":"audioVideo","recordingChannelType":"unmixed"`, works, "8562"},
		{"a format of tomorrow", `"recordingFormatType":"flac"`, works, "8557"},
		{"a content of tomorrow", `"recordingContentType":"smell"`, works, "8523"},
		{"channels of tomorrow", `"recordingChannelType":"stereo"`, works, "8523"},
		{"a callback that is none", `"recordingStateCallbackUri":"ftp://x","recordingFormatType":"wav"`, works, "8523"},
		{"storage of the service", `"recordingFormatType":"wav","externalStorage":{"recordingStorageKind":"AzureCommunicationServices"}`, works, "audio mixed wav"},
		{"storage of one's own", `"recordingFormatType":"wav","externalStorage":{"recordingStorageKind":"azureBlobStorage","recordingDestinationContainerUrl":"https://a.blob.core.windows.net/c"}`, works, "audio mixed wav"},
		{"storage of tomorrow", `"recordingFormatType":"wav","externalStorage":{"recordingStorageKind":"tape"}`, works, "8523"},
		{"a channel of a mixed one, without effect", `"recordingFormatType":"wav","channelAffinity":[{"channel":0,"participant":{"rawId":"8:acs:nobody"}}]`, works, "audio mixed wav"},
		{"a channel of a mixed one for what names nobody", `"recordingFormatType":"wav","channelAffinity":[{"channel":0,"participant":{"communicationUser":{"id":"testId"}}}]`, works, "audio mixed wav"},
		{"a channel for what names nobody", `"recordingChannelType":"unmixed","channelAffinity":[{"channel":0,"participant":{"communicationUser":{"id":"testId"}}}]`, works, "8523"},
		{"an ordering with nobody in it", `"recordingChannelType":"unmixed","audioChannelParticipantOrdering":[null]`, works, "8523"},
		{"the same channel twice", `"recordingChannelType":"unmixed","channelAffinity":[{"channel":0,"participant":{"rawId":"4:+15551230001"}},{"channel":0,"participant":{"rawId":"4:+15551230002"}}]`, works, "8523"},
		{"two channels for one", `"recordingChannelType":"unmixed","channelAffinity":[{"channel":0,"participant":{"rawId":"4:+15551230001"}},{"channel":1,"participant":{"rawId":"4:+15551230001"}}]`, works, "8523"},
		{"a channel too high", `"recordingChannelType":"unmixed","channelAffinity":[{"channel":5,"participant":{"rawId":"4:+15551230001"}}]`, works, "8523"},
		{"nobody's channel", `"recordingChannelType":"unmixed","channelAffinity":[{"channel":1}]`, works, "8523"},
		{"six channels", `"recordingChannelType":"unmixed","audioChannelParticipantOrdering":[` + strings.TrimSuffix(strings.Repeat(`{"rawId":"4:+15551230001"},`, 6), ",") + `]`, works, "8523"},
		{"a connection as well", `"callConnectionId":"x","recordingFormatType":"wav"`, works, "8523"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec, err := recordOf(t, strings.TrimSuffix(aLocator+test.body, ",")+"}", test.with)
			got := fmt.Sprintf("%s %s %s", rec.Options.Content, rec.Options.Channels, rec.Options.Format)
			if err != nil {
				got = fault.Of(err).Code
			}
			if got != test.want {
				t.Errorf("got %s (%v), want %s", got, err, test.want)
			}
		})
	}
	if _, err := recordOf(t, `{"recordingFormatType":"wav"}`, works); fault.Of(err).Code != "8523" {
		t.Errorf("without a call: %v", err)
	}
}

func TestRecordingIsReadWhole(t *testing.T) {
	rec, err := recordOf(t, `{"callConnectionId":"411f3500-9774-453b-ab63-c22ded8fcbd5","recordingStateCallbackUri":"https://app.test/r","recordingChannelType":"unmixed","pauseOnStart":true,
		"audioChannelParticipantOrdering":[{"kind":"phoneNumber","phoneNumber":{"value":"+15551230001"}},{"rawId":"`+aUser+`"}]}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Connection != "411f3500-9774-453b-ab63-c22ded8fcbd5" || rec.CallbackURI != "https://app.test/r" || !rec.Options.Paused || rec.Version != "2026-03-12" ||
		rec.Options.StartedBy != "primary" || rec.Pinned[0] != phoneID("+15551230001") || rec.Pinned[1].Raw() != aUser {
		t.Errorf("%+v", rec)
	}
	rec, err = recordOf(t, aLocator+`"recordingChannelType":"unmixed","channelAffinity":[{"channel":3,"participant":{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}}]}`, nil)
	if err != nil || rec.Of.ServerCallID != "aHR0cHM6Ly94" || rec.Pinned[3] != phoneID("+15551230001") {
		t.Errorf("%+v, %v", rec, err)
	}
}

// TestServerCallLocatorOfARecordingNamesAConnectionToo: the service's guide writes a
// callConnectionId there, in all languages.
func TestServerCallLocatorOfARecordingNamesAConnectionToo(t *testing.T) {
	const connection = "411f3500-9774-453b-ab63-c22ded8fcbd5"
	for name, locator := range map[string]string{
		"with its kind":  `{"kind":"serverCallLocator","serverCallId":"` + connection + `"}`,
		"without a kind": `{"serverCallId":"` + connection + `"}`,
	} {
		rec, err := recordOf(t, `{"recordingFormatType":"wav","callLocator":`+locator+`}`, converts{})
		if err != nil || rec.Connection != connection || rec.Of != (call.Locator{}) {
			t.Errorf("%s: %+v, %v", name, rec, err)
		}
	}
}

// TestEventsOfRecordingsGoTheirOwnWay: in the order of their recording, after which
// nothing follows, whatever the connection that it names does.
func TestEventsOfRecordingsGoTheirOwnWay(t *testing.T) {
	box := &outbox{held: map[string][]byte{}}
	callbacks := NewCallbacks(box, slog.New(slog.DiscardHandler))
	head := testHead("2026-03-12")
	head.Operation = call.Operation{ID: "op", Kind: call.RecordingOperation, Recording: "rec"}
	callbacks.Publish(call.OperationAccepted{Head: head})
	callbacks.Publish(call.RecordingStateChanged{Head: head, Phase: call.RecordingActive})
	callbacks.Publish(call.RecordingStateChanged{Head: head})
	if len(box.held) != 1 || len(box.posted) != 2 {
		t.Fatalf("%d promises, %d events", len(box.held), len(box.posted))
	}
	began, ended := box.posted[0], box.posted[1]
	if began.Group != "rec" || began.Last || len(began.Release) != 0 {
		t.Errorf("the first: %+v", began)
	}
	if ended.Group != "rec" || !ended.Last || len(ended.Release) != 1 || ended.Release[0] != operationKey("op") || ended.Lane != began.Lane {
		t.Errorf("the last: %+v", ended)
	}
	if source := `"source":"calling/recordings/c2VydmVyQ2FsbElk/rec/RecordingStateChanged"`; !strings.Contains(string(ended.Body), source) {
		t.Errorf("the source is not %s: %s", source, ended.Body)
	}
}
