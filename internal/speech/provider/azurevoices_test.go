package provider

import (
	"regexp"
	"testing"
)

// TestEveryLanguageHasAVoice: that of its region if one is known, else of its language.
func TestEveryLanguageHasAVoice(t *testing.T) {
	for _, test := range []struct{ locale, gender, want string }{
		{"en-US", "", "en-US-AvaNeural"},
		{"en-us", "male", "en-US-AndrewNeural"},
		{"en-GB", "Male", "en-GB-RyanNeural"},
		{"en-SG", "female", "en-US-AvaNeural"},
		{"de", "male", "de-DE-ConradNeural"},
		{"de-AT", "male", "de-AT-JonasNeural"},
		{"pl-PL", "female", "pl-PL-AgnieszkaNeural"},
		{"fil-PH", "", "fil-PH-BlessicaNeural"},
		{"fi-FI", "", "fi-FI-NooraNeural"},
		{"xx-XX", "", ""},
		{"", "", ""},
	} {
		if got, known := azureVoice(test.locale, test.gender); got != test.want || known != (test.want != "") {
			t.Errorf("%s, %s: %q, %v", test.locale, test.gender, got, known)
		}
	}
	seen := map[string]bool{}
	for _, v := range azureVoices {
		if !regexp.MustCompile(`^[a-z]{2,3}-[A-Z]{2}$`).MatchString(v.locale) || v.man == "" || v.woman == "" || v.man == v.woman || seen[v.locale] {
			t.Errorf("%+v", v)
		}
		seen[v.locale] = true
	}
}
