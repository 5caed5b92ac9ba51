package fault

import (
	"strings"
	"unicode/utf8"
)

// Sentence is the text of an error as people are told it. Errors of Go begin in lower
// case and have no full stop at their end; people read sentences. What begins with a
// name, such as "callerId" or "api-version", keeps it as it is written.
func Sentence(text string) string {
	if text == "" {
		return ""
	}
	if first, _, _ := strings.Cut(text, " "); isWord(first) {
		text = strings.ToUpper(first[:1]) + text[1:]
	}
	if last, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".?!…", last) {
		text += "."
	}
	return text
}

// isWord reports whether a text is a word in lower case, and no name.
func isWord(text string) bool {
	text = strings.TrimRight(strings.TrimSuffix(text, "'s"), ",;")
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}
