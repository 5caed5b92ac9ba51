package speech

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// identified is what a provider's name of a language means where several are expected: the
// one of them that it names, by a tag, by two letters or in English. A tag of another
// language stays as it is; any other name tells nothing.
func (l Listening) identified(told string) string {
	told = strings.TrimSpace(told)
	names := display.Languages(language.English)
	for _, expected := range l.Languages {
		short, _, _ := strings.Cut(expected, "-")
		if strings.EqualFold(told, expected) || strings.EqualFold(told, short) {
			return expected
		}
		base, err := language.ParseBase(short)
		if err != nil {
			continue
		}
		// Norwegian is told as such, and expected as nb, which is Norwegian Bokmål.
		if name, _, _ := strings.Cut(names.Name(base), " "); strings.EqualFold(told, name) {
			return expected
		}
	}
	if _, err := language.Parse(told); err != nil {
		return ""
	}
	return told
}
