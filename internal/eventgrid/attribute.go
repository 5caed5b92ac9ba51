package eventgrid

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// Event Grid's limits on delivery properties.
const (
	maxAttributes      = 10
	maxAttributeName   = 256
	maxAttributeLength = 4096 // bytes of a value
)

// Attribute is a header of the owner's own that deliveries bear (ARM:
// deliveryAttributeMappings): a fixed text or, with a Source, what each event
// has under that key.
type Attribute struct {
	Name   string `json:"name"`
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"` // Value is shown to nobody but by getDeliveryAttributes
	Source string `json:"source,omitempty"` // a key such as "data.callerDisplayName"
}

// LogValue keeps secrets out of logs.
func (a Attribute) LogValue() slog.Value {
	return slog.GroupValue(slog.String("name", a.Name), slog.Bool("secret", a.Secret), slog.String("source", a.Source))
}

// attributeRequest is a mapping on the wire.
type attributeRequest struct {
	Name       string `json:"name"`
	Type       string `json:"type"`
	Properties struct {
		Value  *string `json:"value"`
		Secret bool    `json:"isSecret"`
		Source *string `json:"sourceField"`
	} `json:"properties"`
}

// attributes checks mappings; every refusal names the one that is wrong, and
// none repeats a value.
func attributes(asked []attributeRequest) ([]Attribute, error) {
	const member = "destination.properties.deliveryAttributeMappings"
	if len(asked) > maxAttributes {
		return nil, fault.Invalid("%s has %d headers; at most %d are allowed", member, len(asked), maxAttributes)
	}
	var list []Attribute
	for i, r := range asked {
		a, err := r.attribute()
		if err == nil && slices.ContainsFunc(list, func(other Attribute) bool { return strings.EqualFold(other.Name, a.Name) }) {
			err = errors.New("the header is there already")
		}
		if err != nil {
			return nil, fault.Invalid("%s[%d] (%q): %s", member, i, clip(r.Name, 80), err)
		}
		list = append(list, a)
	}
	return list, nil
}

func (r attributeRequest) attribute() (Attribute, error) {
	a := Attribute{Name: r.Name, Secret: r.Properties.Secret}
	if err := checkHeaderName(r.Name); err != nil {
		return a, err
	}
	switch strings.ToLower(r.Type) {
	case "static":
		if r.Properties.Value == nil || *r.Properties.Value == "" {
			return a, errors.New("value is missing; reading a subscription does not show a secret one, getDeliveryAttributes does")
		}
		a.Value = *r.Properties.Value
		return a, checkStatic(a)
	case "dynamic":
		if r.Properties.Source == nil {
			return a, errors.New("sourceField is missing")
		}
		a.Source, a.Secret = *r.Properties.Source, false
		if strings.EqualFold(a.Name, "Authorization") {
			return a, errors.New("the header Authorization must be Static, with isSecret true")
		}
		if err := checkKey(a.Source); err != nil {
			return a, fmt.Errorf("sourceField: %w", err)
		}
		return a, nil
	}
	return a, errors.New("type must be Static or Dynamic")
}

func checkStatic(a Attribute) error {
	switch {
	case len(a.Value) > maxAttributeLength:
		return fmt.Errorf("value has %d bytes; at most %d are allowed", len(a.Value), maxAttributeLength)
	case !isHeaderValue(a.Value):
		return errors.New("value has characters that no header may have")
	case strings.EqualFold(a.Name, "Authorization") && !a.Secret:
		return errors.New("the header Authorization must be given with isSecret true")
	}
	return nil
}

// headerName is a token of RFC 9110 §5.6.2.
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// taken are the headers that a delivery has of itself, and those that HTTP
// rules by.
var taken = []string{
	"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Origin",
	"Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
}

func checkHeaderName(name string) error {
	switch {
	case name == "":
		return errors.New("name is missing")
	case len(name) > maxAttributeName:
		return fmt.Errorf("name is longer than %d bytes", maxAttributeName)
	case !headerName.MatchString(name):
		return errors.New("name is not the name of a header")
	case strings.HasPrefix(strings.ToLower(name), "aeg-"):
		return errors.New("names that begin with aeg- are Event Grid's own")
	case slices.ContainsFunc(taken, func(other string) bool { return strings.EqualFold(other, name) }):
		return errors.New("this header is set by the delivery itself")
	}
	return nil
}

// isHeaderValue reports whether a text can stand in a header (RFC 9110 §5.5).
func isHeaderValue(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return text == strings.TrimSpace(text)
}
