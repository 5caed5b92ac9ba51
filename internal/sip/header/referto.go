package header

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// ReferTo is the target of a REFER (RFC 3515 §2.1).
type ReferTo struct {
	To       identifier.ID     // zero where the dialog alone says who is meant
	Headers  map[string]string // custom ones, for the INVITE that follows
	Replaces *Replaces         // the dialog that is to be joined; nil: a blind transfer
}

// maxReferTo bounds a peer's Refer-To.
const maxReferTo = 2048

// Why a Refer-To cannot be followed.
var (
	errNoAddress = errors.New("Refer-To holds no address")
	errScheme    = errors.New("Refer-To is neither a sip nor a tel address")
	errMethod    = errors.New("Refer-To asks for a method other than INVITE")
	errNobody    = errors.New("Refer-To names neither a phone number nor an identity")
)

// ParseReferTo reads Refer-To: one address, its parameters and the headers that
// its INVITE shall have. callee finds whom the address means.
func ParseReferTo(value string, callee Identify) (target ReferTo, err error) {
	text, err := addressIn(value)
	if err != nil {
		return target, err
	}
	plain, headers, _ := strings.Cut(text, "?")
	var uri sip.Uri
	if err := sip.ParseUri(plain, &uri); err != nil {
		return target, fmt.Errorf("%w: %w", errNoAddress, err)
	}
	switch scheme := strings.ToLower(uri.Scheme); {
	case scheme != "sip" && scheme != "sips" && scheme != "tel":
		return target, errScheme
	case uri.UriParams.Has("method"):
		if method, _ := uri.UriParams.Get("method"); !strings.EqualFold(method, "INVITE") {
			return target, errMethod
		}
	}
	if err := target.readHeaders(headers); err != nil {
		return target, err
	}
	if uri.Password != "" { // the colons of an identity
		uri.User += ":" + uri.Password
	}
	if target.To, err = callee(&uri); err != nil {
		if target.Replaces == nil {
			return target, errNobody
		}
		target.To = identifier.ID{}
	}
	return target, nil
}

// addressIn returns the URI of a name-addr or an addr-spec.
func addressIn(value string) (string, error) {
	if len(value) > maxReferTo || strings.ContainsFunc(value, IsControl) {
		return "", errNoAddress
	}
	rest := strings.TrimSpace(value)
	if strings.HasPrefix(rest, `"`) { // a display name may hold anything
		parts := splitQuoted(rest, '<')
		if len(parts) < 2 {
			return "", errNoAddress
		}
		rest = "<" + strings.Join(parts[1:], "<")
	}
	if _, after, found := strings.Cut(rest, "<"); found {
		inside, _, closed := strings.Cut(after, ">")
		if !closed || inside == "" {
			return "", errNoAddress
		}
		return inside, nil
	}
	if rest == "" || len(SplitAddresses(rest)) > 1 {
		return "", errNoAddress
	}
	return rest, nil
}

// readHeaders reads what stands behind the question mark of a URI.
func (t *ReferTo) readHeaders(text string) error {
	if text == "" {
		return nil
	}
	for _, field := range strings.SplitN(text, "&", 64) {
		name, value, _ := strings.Cut(field, "=")
		name, err := url.PathUnescape(name)
		if err != nil {
			return errNoAddress
		}
		if value, err = url.PathUnescape(value); err != nil || strings.ContainsFunc(value, IsControl) {
			return errNoAddress
		}
		if strings.EqualFold(name, "Replaces") {
			found := ParseReplaces(value)
			if t.Replaces != nil || !found.isComplete() {
				return errNoAddress
			}
			t.Replaces = &found
			continue
		}
		canonical, ok := CustomName(name)
		if !ok || len(value) > maxCustomValue || len(t.Headers) == maxCustom {
			continue
		}
		if t.Headers == nil {
			t.Headers = make(map[string]string)
		}
		t.Headers[canonical] = strings.ToValidUTF8(value, "\uFFFD")
	}
	return nil
}

// ReferToRefusal is the answer to a Refer-To that cannot be followed. It is about the REFER alone:
// 404, 416 and 481 would say that the dialog is over (RFC 5057 §5.1), and the phone would hang up.
func ReferToRefusal(why error) Status {
	if errors.Is(why, errScheme) || errors.Is(why, errMethod) || errors.Is(why, errNobody) {
		return Status{Code: 603, Phrase: "Decline"}
	}
	return Status{Code: 400, Phrase: "Bad Refer-To"}
}
