package header

import "strings"

// maxDisplay bounds a display name, in bytes.
const maxDisplay = 256

// UnescapeDisplay reads a display name: escapes are resolved, controls left out.
func UnescapeDisplay(raw string) string {
	var text strings.Builder
	escaped := false
	for _, r := range strings.ToValidUTF8(raw, "\uFFFD") {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !IsControl(r) && text.Len() < maxDisplay:
			text.WriteRune(r)
		}
		escaped = false
	}
	return strings.TrimSpace(text.String())
}

// EscapeDisplay writes a display name for a quoted string (RFC 3261 §25.1).
func EscapeDisplay(name string) string {
	var text strings.Builder
	for _, r := range name {
		if IsControl(r) || text.Len() >= maxDisplay {
			continue
		}
		if r == '"' || r == '\\' {
			text.WriteByte('\\')
		}
		text.WriteRune(r)
	}
	return text.String()
}
