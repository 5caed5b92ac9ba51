package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Bounds on what a stranger may attach to a call, and an application to one of ours.
const (
	maxCustom      = 16
	maxCustomValue = 1024
	maxDisplay     = 256
)

const userToUser = "User-To-User"

// customPrefix marks the headers that applications exchange.
const customPrefix = "x-ms-custom-"

// custom returns the canonical name of a header that applications may see.
func custom(name string) (string, bool) {
	if strings.EqualFold(name, userToUser) {
		return userToUser, true
	}
	if len(name) <= len(customPrefix) || len(name) > 64 || !strings.EqualFold(name[:len(customPrefix)], customPrefix) || !isToken(name) {
		return "", false
	}
	return "X-MS-Custom-" + name[len(customPrefix):], true
}

// outward is custom for headers that an application writes: its library knows
// the shorter prefix X- as well.
func outward(name string) (string, bool) {
	if canonical, ok := custom(name); ok {
		return canonical, true
	}
	return name, len(name) > 2 && len(name) <= 64 && strings.EqualFold(name[:2], "X-") && isToken(name)
}

// readCustom returns the headers that the application sees; nil where none came.
func readCustom(request *sip.Request) map[string]string {
	var found map[string]string
	for _, header := range request.Headers() {
		name, ok := custom(header.Name())
		if !ok || len(header.Value()) > maxCustomValue || len(found) == maxCustom {
			continue
		}
		if found == nil {
			found = make(map[string]string)
		}
		if _, twice := found[name]; !twice {
			found[name] = strings.ToValidUTF8(header.Value(), "\uFFFD")
		}
	}
	return found
}

// writeCustom returns the application's headers, without those that are none
// or would break the message.
func writeCustom(headers map[string]string) (list []sip.Header) {
	for name, value := range headers {
		canonical, ok := outward(name)
		if !ok || len(value) > maxCustomValue || len(list) == maxCustom || strings.ContainsFunc(value, isControl) {
			continue
		}
		list = append(list, sip.NewHeader(canonical, value))
	}
	return list
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isToken reports whether a text is a token of RFC 3261 §25.1.
func isToken(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-.!%*_+`'~", r))
	}) < 0
}

// readDisplay reads a display name: escapes and controls are resolved.
func readDisplay(raw string) string {
	var text strings.Builder
	escaped := false
	for _, r := range strings.ToValidUTF8(raw, "\uFFFD") {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !isControl(r) && text.Len() < maxDisplay:
			text.WriteRune(r)
		}
		escaped = false
	}
	return strings.TrimSpace(text.String())
}

// writeDisplay escapes a display name for a quoted string (RFC 3261 §25.1).
func writeDisplay(name string) string {
	var text strings.Builder
	for _, r := range name {
		if isControl(r) || text.Len() >= maxDisplay {
			continue
		}
		if r == '"' || r == '\\' {
			text.WriteByte('\\')
		}
		text.WriteRune(r)
	}
	return text.String()
}
