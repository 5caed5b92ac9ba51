package main

import (
	"bytes"
	"encoding/json"
	"time"
)

// textOf is the text of the first member of a name in a JSON text without blanks, as the
// server writes it; "" where there is none. It looks at no other: reading all of each
// event would cost the application as much as its network.
func textOf(text []byte, name string) string {
	for rest := text; ; {
		at := bytes.Index(rest, []byte(name))
		if at < 0 {
			return ""
		}
		before, value := rest[:at], rest[at+len(name):]
		rest = value
		value, found := bytes.CutPrefix(value, []byte(`":"`))
		if !found || !bytes.HasSuffix(before, []byte(`"`)) {
			continue
		}
		end := bytes.IndexByte(value, '"')
		if end < 0 {
			return ""
		}
		if bytes.IndexByte(value[:end], '\\') < 0 {
			return string(value[:end])
		}
		var whole string // with an escape
		if json.NewDecoder(bytes.NewReader(append([]byte(`"`), value...))).Decode(&whole) != nil {
			return ""
		}
		return whole
	}
}

// timeOf is a member that is a time; the zero time where there is none.
func timeOf(text []byte, name string) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, textOf(text, name))
	return at
}
