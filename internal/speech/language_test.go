package speech

import "testing"

// TestLanguagesAreIdentifiedAmongTheExpectedOnes: providers tell a tag, two letters, or a
// name in English; applications know the locales that they have named.
func TestLanguagesAreIdentifiedAmongTheExpectedOnes(t *testing.T) {
	expected := Listening{Languages: []string{"de-DE", "en-US", "en-GB", "nb-NO", "zh-CN", "pt-BR", "xx-XX"}}
	for told, want := range map[string]string{
		"": "", "de-DE": "de-DE", "DE": "de-DE", "german": "de-DE", " German ": "de-DE",
		"en": "en-US", "english": "en-US", "en-GB": "en-GB", "en-gb": "en-GB", "norwegian": "nb-NO", "chinese": "zh-CN", "portuguese": "pt-BR",
		"fr": "fr", "fr-FR": "fr-FR", "french": "", "no such language": "",
	} {
		if got := expected.identified(told); got != want {
			t.Errorf("%q is %q, want %q", told, got, want)
		}
	}
}
