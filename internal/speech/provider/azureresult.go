package provider

import (
	"cmp"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// azurePhrase is a result, or a hypothesis. Times are in ticks, and count from the
// beginning of the turn.
type azurePhrase struct {
	Status          string `json:"RecognitionStatus"`
	Text            string // of a hypothesis
	DisplayText     string
	Offset          time.Duration
	Duration        time.Duration
	PrimaryLanguage struct{ Language string }
	NBest           []struct {
		Confidence   float64
		Display      string
		Words        []azureWord
		DisplayWords []azureWord
	}
}

type azureWord struct {
	Word        string
	DisplayText string
	Offset      time.Duration
	Duration    time.Duration
}

// result is a phrase on the speaker's time axis.
func (p *azureProtocol) result(said azurePhrase, final bool) ([]speech.Result, error) {
	r := speech.Result{
		Text: said.Text, Final: final, Language: said.PrimaryLanguage.Language, Offset: p.begun + said.Offset*ticks, Duration: said.Duration * ticks,
	}
	if !final {
		return []speech.Result{r}, nil
	}
	switch said.Status {
	case "Success":
	case "NoMatch", "InitialSilenceTimeout", "BabbleTimeout", "EndOfDictation":
		return nil, nil
	default:
		return nil, p.unsuccessful(said.Status)
	}
	r.Text = said.DisplayText
	if len(said.NBest) > 0 {
		best := said.NBest[0]
		r.Text, r.Confidence = cmp.Or(best.Display, r.Text), &best.Confidence
		words := best.DisplayWords
		if len(words) == 0 {
			words = best.Words
		}
		for _, w := range words {
			r.Words = append(r.Words, speech.Word{Text: cmp.Or(w.DisplayText, w.Word), Offset: p.begun + w.Offset*ticks, Duration: w.Duration * ticks})
		}
	}
	return []speech.Result{r}, nil
}

// unsuccessful is the error that a status of a phrase stands for.
func (p *azureProtocol) unsuccessful(status string) error {
	kind, code := speech.Broken, 0
	switch status {
	case "TooManyRequests":
		kind, code = speech.Rejected, http.StatusTooManyRequests
	case "Forbidden":
		kind, code = speech.Rejected, http.StatusForbidden
	case "BadRequest":
		kind, code = speech.Rejected, http.StatusBadRequest
	}
	return p.failed(kind, code, "it answered with the status "+shown([]byte(status)), nil)
}

// telemetry is what the service asks for at the end of a turn: when its messages came.
func (p *azureProtocol) telemetry(c *websocket.Conn, turn string) error {
	type received = map[string][]string
	var list []received
	for path, times := range p.got {
		list = append(list, received{path: times})
	}
	return p.writeJSON(c, "telemetry", turn, map[string]any{"ReceivedMessages": list, "Metrics": []any{}})
}
