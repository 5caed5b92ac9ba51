package insight

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// secretMember names members whose values are secret, wherever they are: keys, tokens,
// and what lets its owner answer a call.
var secretMember = regexp.MustCompile(`(?i)(key|token|secret|password|signature|credential|authorization|incomingcallcontext|sas)$`)

// mask stands for a secret.
const mask = "***"

// maskBody returns a body without its secrets: of JSON the values of secret members and
// of the queries of URLs, of anything else nothing. It is bounded.
func maskBody(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	if masked, is := maskPlainJSON(body); is {
		return cut(string(masked), maxBody)
	}
	return maskAnyJSON(body)
}

// maskAnyJSON is maskBody by reading the values, which are written anew.
func maskAnyJSON(body []byte) string {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return maskTruncated(body)
	}
	text, err := json.Marshal(maskValue(value))
	if err != nil {
		return ""
	}
	return cut(string(text), maxBody)
}

// maskedText is a member with a text in JSON that was cut: its name and its value.
var maskedText = regexp.MustCompile(`"([^"\\]{1,64})"\s*:\s*"((?:[^"\\]|\\.)*)"?`)

// maskTruncated masks what is no whole JSON, as what was cut off is not.
func maskTruncated(body []byte) string {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return ""
	}
	masked := maskedText.ReplaceAllStringFunc(strings.ToValidUTF8(string(body), "\uFFFD"), func(member string) string {
		parts := maskedText.FindStringSubmatch(member)
		switch {
		case secretMember.MatchString(parts[1]):
			return `"` + parts[1] + `":"` + mask + `"`
		case strings.Contains(parts[2], "://"):
			return `"` + parts[1] + `":"` + history.MaskURL(parts[2]) + `"`
		}
		return member
	})
	return cut(masked, maxBody)
}

func maskValue(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			if _, isText := member.(string); isText && secretMember.MatchString(name) {
				v[name] = mask
				continue
			}
			v[name] = maskValue(member)
		}
	case []any:
		for i := range v {
			v[i] = maskValue(v[i])
		}
	case string:
		if strings.Contains(v, "://") {
			return history.MaskURL(v)
		}
	}
	return value
}
