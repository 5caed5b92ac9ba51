package header

import "strings"

// maxDigestParams bounds the parameters of a challenge or of credentials; RFC 7616
// defines eleven.
const maxDigestParams = 32

// DigestParams reads the parameters of a challenge, of credentials or of
// Authentication-Info (RFC 7616 §3.3 to §3.5), by their names in lower case; scheme is
// "Digest", or "" where the field has none. What other implementations write is taken:
// any case of names and scheme, values with quotes or without, tabs, empty list
// elements. It returns false for another scheme, and where a name is there twice.
func DigestParams(text, scheme string) (map[string]string, bool) {
	text = strings.TrimSpace(text)
	if scheme != "" {
		end := strings.IndexAny(text, " \t")
		if end < 0 || !strings.EqualFold(text[:end], scheme) {
			return nil, false
		}
		text = text[end:]
	}
	params := make(map[string]string)
	for _, part := range splitQuoted(text, ',') {
		name, value, found := strings.Cut(part, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" && !found {
			continue
		}
		value, ok := unquote(strings.TrimSpace(value))
		if _, twice := params[name]; !found || !ok || twice || !isToken(name) || len(params) == maxDigestParams {
			return nil, false
		}
		params[name] = value
	}
	return params, len(params) > 0
}

// unquote reads a quoted string or a token as it stands; false for one without end.
func unquote(value string) (string, bool) {
	if !strings.HasPrefix(value, `"`) {
		return value, !strings.ContainsAny(value, `"`)
	}
	var plain strings.Builder
	for i := 1; i < len(value); i++ {
		switch value[i] {
		case '"':
			return plain.String(), i == len(value)-1
		case '\\':
			if i++; i == len(value) {
				return "", false
			}
		}
		plain.WriteByte(value[i])
	}
	return "", false
}
