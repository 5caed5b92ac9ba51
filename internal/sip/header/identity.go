package header

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Identify makes an id of an address, in the numbering of the peer that wrote it.
type Identify func(*sip.Uri) (identifier.ID, error)

// CallerIdentity finds who calls: From, unless it tells nobody; then what the
// network asserts (RFC 3325). A caller who asks for privacy is anonymous
// whatever the network knows.
func CallerIdentity(request *sip.Request, identify Identify) (who identifier.ID, display string) {
	if WantsPrivacy(request) {
		return Anonymous, ""
	}
	from := request.From()
	if id, err := identify(&from.Address); err == nil && !isWithheld(&from.Address) {
		return id, UnescapeDisplay(from.DisplayName)
	}
	for _, value := range Values(request, "P-Asserted-Identity") {
		for _, address := range SplitAddresses(value) {
			display, uri, ok := ParseAddress(address)
			if !ok || isWithheld(&uri) {
				continue
			}
			if id, err := identify(&uri); err == nil {
				return id, UnescapeDisplay(display)
			}
		}
	}
	return Anonymous, UnescapeDisplay(from.DisplayName)
}

// WantsPrivacy reports whether the caller wants the identity withheld (RFC 3323 §4.2,
// RFC 3325 §9.3).
func WantsPrivacy(request *sip.Request) bool {
	for _, value := range Values(request, "Privacy") {
		for _, wish := range strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			if wish == "id" || wish == "user" || wish == "header" {
				return true
			}
		}
	}
	return false
}

// isWithheld reports whether an address hides the number (RFC 3323).
func isWithheld(from *sip.Uri) bool {
	switch strings.ToLower(User(from)) {
	case "anonymous", "restricted", "unavailable", "unknown", "":
		return true
	}
	return strings.EqualFold(from.Host, AnonymousHost)
}

// AnonymousHost is the host of a caller who is withheld (RFC 3323 §4.1.1.3).
const AnonymousHost = "anonymous.invalid"
