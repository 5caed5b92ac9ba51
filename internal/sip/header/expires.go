package header

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Seconds writes a duration as fields of seconds have it: at least one.
func Seconds(d time.Duration) string { return strconv.Itoa(max(1, int(d.Seconds()))) }

// parseSeconds reads a number of seconds before its parameters; 0 where it is none.
func parseSeconds(text string) time.Duration {
	text, _, _ = strings.Cut(text, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// ParseExpires reads the Expires of a REGISTER. One too large for the field is the
// largest (RFC 3261 §20.19); one that is none gives the phrase of a 400.
func ParseExpires(text string) (expires time.Duration, wrong string) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, "Unusable Expires"
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		n = 1<<32 - 1
	}
	return time.Duration(n) * time.Second, ""
}

// MinExpires is the shortest registration that a 423 permits; 0 where it tells none.
func MinExpires(response *sip.Response) time.Duration {
	field := response.GetHeader("Min-Expires")
	if field == nil {
		return 0
	}
	return parseSeconds(field.Value())
}

// GrantedExpires is for how long a registrar keeps a binding: from its Contact, or
// from Expires, else as long as was asked (RFC 3261 §10.2.4).
func GrantedExpires(response *sip.Response, asked time.Duration) time.Duration {
	granted := asked
	if field := response.GetHeader("Expires"); field != nil {
		if seconds := parseSeconds(field.Value()); seconds > 0 {
			granted = seconds
		}
	}
	if contact := response.Contact(); contact != nil {
		if text, ok := contact.Params.Get("expires"); ok {
			if n, err := strconv.ParseUint(text, 10, 32); err == nil && n > 0 {
				granted = time.Duration(n) * time.Second
			}
		}
	}
	return granted
}

// RetryAfter is how long the sender of a response wants to be left alone, within
// a day (RFC 3261 §20.33).
func RetryAfter(response *sip.Response) time.Duration {
	field := response.GetHeader("Retry-After")
	if field == nil {
		return 0
	}
	text, _, _ := strings.Cut(field.Value(), "(")
	return min(parseSeconds(text), 24*time.Hour)
}
