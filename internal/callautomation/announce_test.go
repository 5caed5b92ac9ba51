package callautomation

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// TestAnnouncementsOfPreviews: one listener or several, without kind, with nulls.
func TestAnnouncementsOfPreviews(t *testing.T) {
	const source, phone = `"playSources":[{"kind":"file","file":{"uri":"https://app.example/p.wav"}}]`, `{"rawId":"4:+15551230001","phoneNumber":{"value":"+15551230001"}}`
	for name, body := range map[string]string{
		"one":           `{` + source + `,"playTo":` + phone + `,"operationContext":"news"}`,
		"a list":        `{` + source + `,"playTo":[` + phone + `],"operationContext":"news"}`,
		"with kind":     `{` + source + `,"playTo":{"kind":"phoneNumber","phoneNumber":{"value":"+15551230001"}},"operationContext":"news","operationCallbackUri":null}`,
		"without kinds": `{"playSources":[{"file":{"uri":"https://app.example/p.wav"},"text":null}],"playTo":` + phone + `,"operationContext":"news"}`,
	} {
		t.Run(name, func(t *testing.T) {
			request, err := decode[announceRequest](t, body)
			if err != nil {
				t.Fatal(err)
			}
			play, err := request.announcement()
			if err != nil || !play.Interrupt || play.Loop || len(play.To) != 1 || play.To[0] != phoneID("+15551230001") ||
				len(play.Prompts) != 1 || play.Prompts[0] != call.Prompt(call.File{URI: "https://app.example/p.wav"}) || play.Context.Operation != "news" {
				t.Errorf("%+v, %v", play, err)
			}
		})
	}
}

func TestAnnouncementsThatAreRefused(t *testing.T) {
	const source = `"playSources":[{"kind":"file","file":{"uri":"https://app.example/p.wav"}}]`
	for body, want := range map[string]string{
		`{"playTo":{"rawId":"4:+1555"}}`:                              "playSources",
		`{` + source + `}`:                                            "playTo",
		`{` + source + `,"playTo":null}`:                              "playTo",
		`{` + source + `,"playTo":[]}`:                                "playTo is required",
		`{` + source + `,"playTo":[null]}`:                            "playTo[0] is null",
		`{` + source + `,"playTo":"4:+1555"}`:                         "playTo is no participant",
		`{` + source + `,"playTo":{"kind":"x"}}`:                      "playTo",
		`{"playSources":[{"kind":"x"}],"playTo":{"rawId":"4:+1555"}}`: "playSources[0].kind",
	} {
		request, err := decode[announceRequest](t, body)
		if err == nil {
			_, err = request.announcement()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}
