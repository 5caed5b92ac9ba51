package insight

import (
	"regexp"
	"slices"
)

// addresses tell a text that has one, however the slash is written.
var addresses = regexp.MustCompile(`:(/|\\)`)

// completeJSON closes JSON that was cut, so that its beginning can be read: a text that is a
// value ends where it was cut, anything else that is not whole is left out. Nil: there is no
// object and no array.
func completeJSON(body []byte) []byte {
	r := cutReader{}
	for i := 0; i < len(body); i++ {
		if c := body[i]; c == '"' {
			i = r.text(body, i)
		} else {
			r.structure(c, i)
		}
	}
	if r.whole == 0 {
		return nil
	}
	text := append(slices.Clone(body[:r.whole]), r.added...)
	slices.Reverse(r.open)
	return append(text, r.open...)
}

// cutReader is where the reading of JSON that was cut has come to.
type cutReader struct {
	open  []byte // what closes each object and array that is open
	last  byte   // of what is not text and not white space
	whole int    // up to where all that was begun is whole, but for what is open
	added string // what ends a text that was cut
}

func (r *cutReader) structure(c byte, at int) {
	switch c {
	case ' ', '\t', '\r', '\n':
		return
	case '{', '[':
		r.open, r.whole = append(r.open, c+2), at+1 // in ASCII the closing one is the next but one
	case '}', ']':
		r.open, r.whole = r.open[:max(0, len(r.open)-1)], at+1
	case ',':
		r.whole = at
	}
	r.last = c
}

// text reads a text that begins at a quotation mark, and returns where it ends.
func (r *cutReader) text(body []byte, begin int) int {
	end := len(body)
	isValue := r.last == ':' || len(r.open) > 0 && r.open[len(r.open)-1] == ']'
	for i := begin + 1; i < len(body); i++ {
		switch body[i] {
		case '"':
			if isValue {
				r.whole = i + 1
			}
			return i
		case '\\':
			size := 2
			if i+1 < len(body) && body[i+1] == 'u' {
				size = len(`\u1234`)
			}
			if i+size > len(body) { // cut in an escape
				body = body[:i]
			}
			i += size - 1
		}
	}
	if isValue && !addresses.Match(body[begin:]) { // of an address, a password may be left without the @ that tells it
		r.whole, r.added = len(body), `"`
	}
	return end
}
