package appendjson

import (
	"bytes"
	"encoding/json"
)

// Text appends a text as encoding/json writes it, with <, > and & escaped.
func Text(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; isSpecial(c) || c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(text) // a text cannot fail
			return append(b, escaped...)
		}
	}
	return appendQuoted(b, text)
}

// inner appends what Text does between the quotes.
func inner(b []byte, text string) []byte {
	begin := len(b)
	b = Text(b, text)
	end := begin + copy(b[begin:], b[begin+1:len(b)-1])
	return b[:end]
}

// PlainText is Text of an encoder that does not escape HTML.
func PlainText(b []byte, text string) []byte {
	for i := range len(text) {
		if isSpecial(text[i]) {
			escaped := bytes.NewBuffer(b)
			encoder := json.NewEncoder(escaped)
			encoder.SetEscapeHTML(false)
			_ = encoder.Encode(text) // a text cannot fail
			return bytes.TrimSuffix(escaped.Bytes(), []byte("\n"))
		}
	}
	return appendQuoted(b, text)
}

// isSpecial reports whether a byte needs an escape, or a look at those beside it.
func isSpecial(c byte) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }

func appendQuoted(b []byte, text string) []byte {
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}
