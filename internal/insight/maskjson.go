package insight

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// maskPlainJSON returns JSON without its secrets, otherwise as it was sent. False: it is
// not whole, or has texts whose meaning is not how they are written; maskBody reads those.
func maskPlainJSON(body []byte) ([]byte, bool) {
	if bytes.IndexByte(body, '\\') >= 0 || !utf8.Valid(body) || !json.Valid(body) {
		return nil, false
	}
	masked := make([]byte, 0, len(body))
	for rest, secret := body, false; ; {
		begin := bytes.IndexByte(rest, '"')
		if begin < 0 {
			return append(masked, rest...), true
		}
		end := begin + 1 + bytes.IndexByte(rest[begin+1:], '"')
		text, after := rest[begin+1:end], rest[end+1:]
		if begin > 0 && bytes.ContainsAny(rest[:begin], "{[,") {
			secret = false // it is the value of no name that came before
		}
		masked = append(masked, rest[:begin]...)
		if trimmed := bytes.TrimLeft(after, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == ':' {
			if !isASCII(text) {
				return nil, false
			}
			masked, secret = append(masked, rest[begin:end+1]...), endsSecretly(text)
		} else {
			masked = appendMasked(masked, text, secret)
		}
		rest = after
	}
}

// appendMasked writes a value that is a text.
func appendMasked(to, text []byte, secret bool) []byte {
	switch {
	case secret:
		return append(to, `"`+mask+`"`...)
	case bytes.Contains(text, []byte("://")) && bytes.ContainsAny(text, "?@"):
		return appendjson.Text(to, history.MaskURL(string(text)))
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"')
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
