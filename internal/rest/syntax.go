package rest

import (
	"strings"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/fault"
)

// syntaxOf tells where a body is not JSON, nil for one that is. encoding/json
// tells it too, but in words and at places that change between releases of Go.
// The body must not nest deeper than maxDepth.
func syntaxOf(body []byte) error {
	g := grammar{text: body}
	whole := g.value()
	g.space()
	switch {
	case whole && g.at == len(body):
		return nil
	case g.at == len(body):
		return fault.Invalid("the body is not JSON: it ends too early, after byte %d", g.at)
	}
	wrong, _ := utf8.DecodeRune(body[g.at:])
	return fault.Invalid("the body is not JSON: %q is unexpected at byte %d", wrong, g.at+1)
}

// grammar follows RFC 8259 through a text. Its methods pass over what they name
// and report whether it was there; at stays where it was not.
type grammar struct {
	text []byte
	at   int
}

// peek returns the next byte, 0 at the end. A 0 in the text fits nowhere.
func (g *grammar) peek() byte {
	if g.at == len(g.text) {
		return 0
	}
	return g.text[g.at]
}

// oneOf passes over one of the bytes.
func (g *grammar) oneOf(of string) bool {
	if c := g.peek(); c == 0 || strings.IndexByte(of, c) < 0 {
		return false
	}
	g.at++
	return true
}

func (g *grammar) space() {
	for g.oneOf(" \t\r\n") {
	}
}

func (g *grammar) value() bool {
	g.space()
	switch g.peek() {
	case '{':
		return g.list("}", g.member)
	case '[':
		return g.list("]", g.value)
	case '"':
		return g.quoted()
	case 't':
		return g.word("true")
	case 'f':
		return g.word("false")
	case 'n':
		return g.word("null")
	}
	return g.number()
}

// list is an object or an array, from its first byte on.
func (g *grammar) list(end string, one func() bool) bool {
	g.at++
	g.space()
	if g.oneOf(end) {
		return true
	}
	for one() {
		g.space()
		if g.oneOf(end) {
			return true
		}
		if !g.oneOf(",") {
			return false
		}
	}
	return false
}

func (g *grammar) member() bool {
	g.space()
	if g.peek() != '"' || !g.quoted() {
		return false
	}
	g.space()
	return g.oneOf(":") && g.value()
}

// quoted is a string, from its first quotation mark on.
func (g *grammar) quoted() bool {
	for g.at++; g.peek() >= ' '; g.at++ {
		switch g.peek() {
		case '"':
			g.at++
			return true
		case '\\':
			g.at++
			if !g.escaped() {
				return false
			}
			g.at-- // the loop passes over the last byte
		}
	}
	return false
}

// escaped is what follows a backslash.
func (g *grammar) escaped() bool {
	if !g.oneOf("u") {
		return g.oneOf(`"\/bfnrt`)
	}
	for range 4 {
		if !g.oneOf("0123456789abcdefABCDEF") {
			return false
		}
	}
	return true
}

func (g *grammar) word(want string) bool {
	for i := range len(want) {
		if !g.oneOf(want[i : i+1]) {
			return false
		}
	}
	return true
}

func (g *grammar) number() bool {
	g.oneOf("-")
	if !g.oneOf("0") && !g.digits() {
		return false
	}
	if g.oneOf(".") && !g.digits() {
		return false
	}
	if g.oneOf("eE") {
		g.oneOf("+-")
		return g.digits()
	}
	return true
}

func (g *grammar) digits() bool {
	from := g.at
	for g.oneOf("0123456789") {
	}
	return g.at > from
}
