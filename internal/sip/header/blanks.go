package header

import (
	"maps"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// NewParser makes a parser of messages for every transport. It takes the blanks that
// the grammar permits around separators (RFC 3261 §25.1: SLASH, COLON, SEMI, EQUAL),
// which sipgo's does not, and leaves the headers of transfers as they came: what we
// cannot read of them gets an answer, where sipgo would drop the whole message.
func NewParser() *sip.Parser { return sip.NewParser(sip.WithHeadersParsers(FieldParsers())) }

// FieldParsers are those that NewParser reads fields with, by their names in lower case.
func FieldParsers() sip.HeadersParser {
	headers := maps.Clone(sip.DefaultHeadersParser())
	delete(headers, "refer-to")
	delete(headers, "referred-by")
	for _, name := range []string{"via", "v"} {
		headers[name] = withoutBlanks(headers[name], via)
	}
	for _, name := range []string{"from", "f", "to", "t"} {
		headers[name] = withoutBlanks(headers[name], address)
	}
	for _, name := range []string{"contact", "m", "route", "record-route"} {
		headers[name] = withoutBlanks(headers[name], addresses)
	}
	headers["cseq"] = withoutBlanks(headers["cseq"], sequence)
	return headers
}

// blanks says where a kind of value may have blanks that mean nothing.
type blanks struct {
	around string // characters
	filler byte   // what may stand in a value in any number: before it where it is a blank, else behind it
	isList bool   // values are divided by commas
}

var (
	via       = blanks{around: "/:;=", filler: ' ', isList: true}
	address   = blanks{around: ";="}
	addresses = blanks{around: ";=", filler: ';', isList: true}
	sequence  = blanks{}
)

// withoutBlanks makes a parser of a field that leaves out odd blanks. sipgo says by an
// offset where the next value of a list begins: so the text keeps its length up to the
// comma, and what is behind it is not shown.
func withoutBlanks(parse sip.HeaderParser, b blanks) sip.HeaderParser {
	return func(name []byte, text string) (sip.Header, error) {
		if !b.hasOdd(text) {
			return parse(name, text)
		}
		first, isLast := text, true
		if b.isList {
			first = splitFirst(text)
			isLast = len(first) == len(text)
		}
		plain := b.remove(first)
		if isLast {
			return parse(name, plain)
		}
		filler := strings.Repeat(string(b.filler), len(first)-len(plain))
		if b.filler == ' ' {
			return parse(name, filler+plain+",")
		}
		return parse(name, plain+filler+",")
	}
}

// hasOdd reports whether the first value of a text has blanks that the parser does not
// expect. A usual message is looked at, and nothing else.
func (b blanks) hasOdd(text string) bool {
	if strings.IndexByte(text, ' ') < 0 && strings.IndexByte(text, '\t') < 0 {
		return false
	}
	if isBlank(text[0]) && b.filler != ' ' {
		return true
	}
	quoted, inBrackets := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			inBrackets = true
		case c == '>':
			inBrackets = false
		case c == ',' && b.isList && !inBrackets:
			return i > 0 && isBlank(text[i-1])
		case isBlank(c) && (i > 0 && b.drops(text[i-1], c) || i+1 < len(text) && b.drops(text[i+1], c)):
			return true
		}
	}
	return false
}

// drops reports whether a blank beside a character means nothing.
func (b blanks) drops(beside, blank byte) bool {
	return isBlank(beside) || blank == '\t' || strings.IndexByte(b.around, beside) >= 0
}

// remove writes a value without odd blanks; between words one stays.
func (b blanks) remove(text string) string {
	plain := make([]byte, 0, len(text))
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '\\' && i+1 < len(text):
			plain = append(plain, c)
			i++
			c = text[i]
		case c == '"':
			quoted = !quoted
		case quoted:
		case isBlank(c):
			if n := len(plain); n > 0 && plain[n-1] != ' ' && strings.IndexByte(b.around, plain[n-1]) < 0 {
				plain = append(plain, ' ')
			}
			continue
		case strings.IndexByte(b.around, c) >= 0:
			if n := len(plain); n > 0 && plain[n-1] == ' ' {
				plain = plain[:n-1]
			}
		}
		plain = append(plain, c)
	}
	return strings.TrimRight(string(plain), " ")
}

// splitFirst is a list's first value, up to the comma.
func splitFirst(text string) string {
	quoted, inBrackets := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			inBrackets = true
		case c == '>':
			inBrackets = false
		case c == ',' && !inBrackets:
			return text[:i]
		}
	}
	return text
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
