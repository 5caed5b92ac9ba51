package parse

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// readParameters reads "name=value;name": what follows the first semicolon. A value that is
// quoted is left to sipgo.
func (f *usualFields) readParameters(text string) (sip.HeaderParams, bool) {
	list := f.room()
	for part, more := "", true; more; {
		part, text, more = strings.Cut(text, ";")
		name, value, _ := strings.Cut(part, "=")
		if !isToken(name) || value != "" && !consistsOf(value, inValue) {
			return nil, false
		}
		list.Add(name, value) // of two with one name, the last counts
	}
	return f.keep(list), true
}

// class is a set of classes of characters.
type class uint8

const (
	inToken class = 1 << iota // RFC 3261 §25.1: token
	inValue                   // what the value of a parameter may have without quotes
	inUser                    // the user of a URI, with parameters, without a password
)

// classes are those of each character.
var classes = func() (of [256]class) {
	add := func(characters string, c class) {
		for i := range len(characters) {
			of[characters[i]] |= c
		}
	}
	for c := range 256 {
		if '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
			of[c] = inToken | inValue | inUser
		}
	}
	add("-.!%*_+`'~", inToken|inValue|inUser)
	add(":/@$&()|{}#^", inValue)
	add("=&+$;#", inUser)
	return of
}()

// consistsOf reports whether a text has at least one character, and those of a class alone.
func consistsOf(text string, c class) bool {
	for i := range len(text) {
		if classes[text[i]]&c == 0 {
			return false
		}
	}
	return text != ""
}

func isToken(text string) bool { return consistsOf(text, inToken) }
