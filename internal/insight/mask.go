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

// maskAnyJSON is maskBody by reading the values, which are written anew. Of what was cut the
// beginning is read.
func maskAnyJSON(body []byte) string {
	value, err := readJSON(body)
	end := ""
	if err != nil {
		if value, err = readJSON(completeJSON(body)); err != nil {
			return ""
		}
		end = "…"
	}
	text, err := json.Marshal(maskValue(value))
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(cut(string(text), maxBody), end) + end
}

func readJSON(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
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
