package eventgrid

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// ownHeader is the static headers of the owner's own.
func (s Settings) ownHeader() map[string]string {
	header := map[string]string{}
	for _, a := range s.Attributes {
		if a.Source == "" {
			header[a.Name] = a.Value
		}
	}
	return header
}

// secretHeaders names the headers whose values are secret.
func (s Settings) secretHeaders() []string {
	var names []string
	for _, a := range s.Attributes {
		if a.Secret {
			names = append(names, a.Name)
		}
	}
	return names
}

// secrets are the texts that must not be repeated in answers and logs: the
// endpoint's query and the secret headers. Very short ones would hide more than
// they guard.
func (s Settings) secrets() []string {
	var list []string
	add := func(text string) {
		if len(text) >= 4 {
			list = append(list, text)
		}
	}
	if u, err := url.Parse(s.Endpoint); err == nil {
		add(u.RawQuery)
		for _, values := range u.Query() {
			for _, value := range values {
				add(value)
				add(url.QueryEscape(value))
			}
		}
	}
	for _, a := range s.Attributes {
		if a.Secret {
			add(a.Value)
		}
	}
	// Longer ones first, lest a part be hidden and the rest shown.
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}

// hide takes secrets out of a text.
func hide(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// dynamicHeader is a header whose value each event brings.
type dynamicHeader struct {
	name   string
	source path
}

func dynamicHeaders(list []Attribute) []dynamicHeader {
	var headers []dynamicHeader
	for _, a := range list {
		if a.Source != "" {
			headers = append(headers, dynamicHeader{a.Name, pathOf(a.Source)})
		}
	}
	return headers
}

// headerFor is the header of one message. Without dynamic ones all messages
// share one map. A value that is missing, no string, number or boolean, too
// long, or impossible in a header leaves its header out.
func (t *subscriber) headerFor(p *publication) map[string]string {
	if len(t.dynamic) == 0 {
		return t.header
	}
	header := maps.Clone(t.header)
	for i := range t.dynamic {
		d := &t.dynamic[i]
		text, ok := p.fields().at(&d.source).written()
		if ok && len(text) <= maxAttributeLength && isHeaderValue(text) {
			header[d.name] = text
		}
	}
	return header
}

// written is a value as a header has it; only single ones can be written.
func (v *value) written() (string, bool) {
	switch v.kind {
	case textKind:
		return v.text, true
	case numberKind:
		return strconv.FormatFloat(v.number, 'f', -1, 64), true
	case boolKind:
		return strconv.FormatBool(v.truth), true
	}
	return "", false
}
