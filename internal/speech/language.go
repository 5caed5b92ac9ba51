package speech

import (
	"strings"

	"golang.org/x/text/language"
)

// identified is what a provider's name of a language means where several are expected: the
// one of them that it names, by a tag, by two letters or in English. A tag of another
// language stays as it is; any other name tells nothing.
func (l Listening) identified(told string) string {
	if told = strings.TrimSpace(told); told == "" {
		return ""
	}
	for _, expected := range l.Languages {
		short, _, _ := strings.Cut(expected, "-")
		if strings.EqualFold(told, expected) || strings.EqualFold(told, short) || strings.EqualFold(told, englishNames[strings.ToLower(short)]) {
			return expected
		}
	}
	if _, err := language.Parse(told); err != nil {
		return ""
	}
	return told
}
