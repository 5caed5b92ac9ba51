package insight

import (
	"bytes"
	"strconv"
	"strings"
)

// statusOf is the status of a response, 0 for a request.
func statusOf(text []byte) int {
	if rest, ok := bytes.CutPrefix(text, []byte("SIP/2.0 ")); ok && len(rest) >= 3 {
		status, _ := strconv.Atoi(string(rest[:3]))
		return status
	}
	return 0
}

// fieldOf is the value of a header field by its name or its short form, in lower case.
// It reads no body. A value that is continued on the next line is cut there.
func fieldOf(text []byte, name, short string) []byte {
	for {
		end := bytes.IndexByte(text, '\n')
		if end < 0 {
			return nil
		}
		text = text[end+1:]
		if len(text) == 0 || text[0] == '\r' || text[0] == '\n' {
			return nil // the end of the header
		}
		c := text[0] | 0x20
		if c != name[0] && (short == "" || c != short[0]) {
			continue
		}
		colon := bytes.IndexByte(text[:min(len(text), len(name)+8)], ':')
		if colon < 0 {
			continue
		}
		field := bytes.TrimRight(text[:colon], " \t")
		if !equalFold(field, name) && (short == "" || !equalFold(field, short)) {
			continue
		}
		value := text[colon+1:]
		if end := bytes.IndexByte(value, '\n'); end >= 0 {
			value = value[:end]
		}
		return bytes.TrimSpace(value)
	}
}

func equalFold(field []byte, name string) bool {
	if len(field) != len(name) {
		return false
	}
	for i := range field {
		c := field[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != name[i] {
			return false
		}
	}
	return true
}

// partyOf is the user of an address in a header field: a number, or a name.
func partyOf(field []byte) string {
	text := string(field)
	if _, after, ok := strings.Cut(text, "<"); ok {
		text = after
	}
	if _, after, ok := strings.Cut(text, ":"); ok {
		text = after
	}
	text, _, _ = strings.Cut(text, ">")
	user, _, ok := strings.Cut(text, "@")
	if !ok {
		user = text
	}
	user, _, _ = strings.Cut(user, ";")
	return clean(user, 128)
}
