package fault

import "testing"

func TestErrorsAreToldAsSentences(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"the body is not UTF-8":          "The body is not UTF-8.",
		"no route takes +15551230001":    "No route takes +15551230001.",
		"the call ended meanwhile.":      "The call ended meanwhile.",
		"Call not found":                 "Call not found.",
		"callerId is required":           "callerId is required.",
		"api-version is required":        "api-version is required.",
		"tones: one is required.":        "tones: one is required.",
		`"x" is none of a, b`:            `"x" is none of a, b.`,
		"8:acs:{resource}_{user}":        "8:acs:{resource}_{user}.",
		"somebody's phone rings, it may": "Somebody's phone rings, it may.",
		"über alles":                     "über alles.",
		"what is asked for: no, never…":  "What is asked for: no, never…",
	} {
		if got := Sentence(text); got != want {
			t.Errorf("%q became %q", text, got)
		}
	}
}
