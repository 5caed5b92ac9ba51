package header

import (
	"iter"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// compactForms are the short names of fields that sipgo leaves as they came.
var compactForms = map[string]string{
	"Content-Type": "c", "Supported": "k", "Session-Expires": "x", "Refer-To": "r", "Referred-By": "b", "Event": "o", "Content-Encoding": "e",
	"Identity": "y", // RFC 8224 §4
}

// Values returns the values of a field, under its name and its compact form.
func Values(message sip.Message, name string) []string { return slices.Collect(values(message, name)) }

// values goes through the values of a field.
func values(message sip.Message, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		short := compactForms[name]
		for _, field := range message.(hasFields).Headers() { // GetHeaders makes a copy of most names
			if is := field.Name(); (isName(is, name) || short != "" && isName(is, short)) && !yield(field.Value()) {
				return
			}
		}
	}
}

// hasFields is what every message of sipgo has.
type hasFields interface{ Headers() []sip.Header }

// isName compares names of fields, which are ASCII (RFC 3261 §7.3.1).
func isName(is, name string) bool { return len(is) == len(name) && strings.EqualFold(is, name) }

// First returns the first value of a field, "" where there is none.
func First(message sip.Message, name string) string {
	for value := range values(message, name) {
		return value
	}
	return ""
}

// HasTokens reports whether a field has any value.
func HasTokens(message sip.Message, name string) bool {
	for range tokens(message, name) {
		return true
	}
	return false
}

// Tokens returns the comma-separated values of a field, all its lines together.
func Tokens(message sip.Message, name string) []string { return slices.Collect(tokens(message, name)) }

// tokens goes through them.
func tokens(message sip.Message, name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range values(message, name) {
			for value := range strings.SplitSeq(line, ",") {
				if value = strings.TrimSpace(value); value != "" && !yield(value) {
					return
				}
			}
		}
	}
}

// HasToken reports whether a field of tokens lists one of them.
func HasToken(message sip.Message, name, token string) bool {
	for listed := range tokens(message, name) {
		if strings.EqualFold(listed, token) {
			return true
		}
	}
	return false
}

// Supports reports whether the sender of a message understands an extension
// (RFC 3261 §19.2).
func Supports(message sip.Message, option string) bool {
	return HasToken(message, "Supported", option) || HasToken(message, "Require", option)
}

// ToTag returns the To tag of a message, or "".
func ToTag(message sip.Message) string {
	to := message.To()
	if to == nil {
		return ""
	}
	tag, _ := to.Params.Get("tag")
	return tag
}

// IsControl reports whether a character must not stand in a field.
func IsControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isToken reports whether a text is a token of RFC 3261 §25.1.
func isToken(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-.!%*_+`'~", r))
	}) < 0
}

// splitQuoted splits at a separator, but not inside quotes.
func splitQuoted(text string, separator byte) (parts []string) {
	start, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}
