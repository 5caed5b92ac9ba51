package sip

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// referTarget is whom a REFER names.
type referTarget struct {
	to       identifier.ID
	headers  map[string]string // custom ones, for the INVITE that follows
	replaces *replaced         // the dialog that is to be joined; nil: a blind transfer
}

// replaced is the dialog that a Replaces header names (RFC 3891): toTag is ours
// where the dialog is.
type replaced struct {
	callID, toTag, fromTag string
	earlyOnly              bool
}

// maxReferToRead bounds a peer's Refer-To.
const maxReferToRead = 2048

// A Refer-To that cannot be followed: each is answered with a status of its own.
var (
	errNoAddress = errors.New("Refer-To holds no address")
	errScheme    = errors.New("Refer-To is neither a sip nor a tel address")
	errMethod    = errors.New("only calls can be asked for")
	errNobody    = errors.New("Refer-To names neither a phone number nor an identity")
)

// readReferTo reads Refer-To (RFC 3515 §2.1): one address, its parameters and
// the headers that its INVITE shall have.
func readReferTo(value string) (target referTarget, err error) {
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
	if target.to, err = identify(userOf(&uri)); err != nil {
		if target.replaces == nil { // the dialog alone says who is meant
			return target, errNobody
		}
		target.to = identifier.ID{}
	}
	return target, nil
}

// addressIn returns the URI of a name-addr or an addr-spec.
func addressIn(value string) (string, error) {
	if len(value) > maxReferToRead || strings.ContainsFunc(value, isControl) {
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
	if rest == "" || len(splitAddresses(rest)) > 1 {
		return "", errNoAddress
	}
	return rest, nil
}

// readHeaders reads what stands behind the question mark of a URI.
func (t *referTarget) readHeaders(text string) error {
	if text == "" {
		return nil
	}
	for _, header := range strings.SplitN(text, "&", 64) {
		name, value, _ := strings.Cut(header, "=")
		name, err := url.PathUnescape(name)
		if err != nil {
			return errNoAddress
		}
		if value, err = url.PathUnescape(value); err != nil || strings.ContainsFunc(value, isControl) {
			return errNoAddress
		}
		if strings.EqualFold(name, "Replaces") {
			found := readReplaces(value)
			if t.replaces != nil || found.callID == "" || found.toTag == "" || found.fromTag == "" {
				return errNoAddress
			}
			t.replaces = &found
			continue
		}
		canonical, ok := custom(name)
		if !ok || len(value) > maxCustomValue || len(t.headers) == maxCustom {
			continue
		}
		if t.headers == nil {
			t.headers = make(map[string]string)
		}
		t.headers[canonical] = strings.ToValidUTF8(value, "\uFFFD")
	}
	return nil
}

// readReplaces reads the value of a Replaces header; what is not there is "".
func readReplaces(value string) (r replaced) {
	callID, params, _ := strings.Cut(value, ";")
	r.callID = strings.TrimSpace(callID)
	for _, param := range strings.SplitN(params, ";", 8) {
		name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
		switch strings.ToLower(name) {
		case "to-tag":
			r.toTag = value
		case "from-tag":
			r.fromTag = value
		case "early-only":
			r.earlyOnly = true
		}
	}
	return r
}

// refusedReferTo is the answer to a Refer-To that cannot be followed.
func refusedReferTo(why error) call.Status {
	switch {
	case errors.Is(why, errScheme):
		return call.Status{Code: 416, Phrase: "Unsupported URI Scheme"}
	case errors.Is(why, errMethod):
		return call.Status{Code: 603, Phrase: "Decline"}
	case errors.Is(why, errNobody):
		return call.Status{Code: 404, Phrase: "Not Found"}
	}
	return call.Status{Code: 400, Phrase: "Bad Refer-To"}
}
