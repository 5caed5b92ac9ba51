package callautomation

import (
	"net/http"

	"github.com/switchhook/switchhook/internal/fault"
)

// unservedOptions are members of previews that no provider serves. They are refused by
// name: an application that relies on them must not believe that its texts are redacted.
type unservedOptions struct {
	EnableSentimentAnalysis bool `json:"enableSentimentAnalysis"`
	PIIRedaction            *struct {
		Enable bool `json:"enable"`
	} `json:"piiRedactionOptions"`
	Summarization *struct {
		Enable bool `json:"enableEndCallSummary"`
	} `json:"summarizationOptions"`
}

// check refuses what is asked for. Field is where the members stand.
func (o unservedOptions) check(field string) error {
	switch {
	case o.PIIRedaction != nil && o.PIIRedaction.Enable:
		return unserved(field+"piiRedactionOptions", "no provider redacts personal data")
	case o.EnableSentimentAnalysis:
		return unserved(field+"enableSentimentAnalysis", "no provider tells sentiments")
	case o.Summarization != nil && o.Summarization.Enable:
		return unserved(field+"summarizationOptions", noSummaries)
	}
	return nil
}

const noSummaries = "no provider summarises calls"

func unserved(field, why string) error {
	return fault.Unsupported("%s is not offered: %s.", field, why).WithCode("8520")
}

// summarizeCall is POST …:summarizeCall of previews.
func (a *API) summarizeCall(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.connection(w, r); err != nil {
		return err
	}
	return unserved("summarizeCall", noSummaries)
}
