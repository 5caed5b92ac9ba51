package header

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Bounds of what a registrar may tell us.
const (
	maxAssociated = 32
	maxRoutes     = 8
	maxPathURI    = 256 // bytes
)

// ServiceRoute reads the routes that our calls must take (RFC 3608 §6.1).
func ServiceRoute(response *sip.Response) (routes []sip.Uri) {
	return urisOf(response, "Service-Route", maxRoutes)
}

// unusablePath is the phrase of a 400 to a REGISTER whose Path nobody could follow.
const unusablePath = "Unusable Path"

// Path reads the proxies on the way to a telephone that registers, the nearest to us first
// (RFC 3327 §4). wrong is the phrase of a 400: there are more than most, or one that is no
// address of SIP.
func Path(request *sip.Request, most int) (path []string, wrong string) {
	for _, value := range Values(request, "Path") {
		for _, text := range SplitAddresses(value) {
			_, uri, ok := ParseAddress(text)
			if !ok || len(path) == most || !isRoute(&uri) {
				return nil, unusablePath
			}
			path = append(path, uri.String())
		}
	}
	return path, ""
}

// isRoute reports whether a Route header can name an address.
func isRoute(uri *sip.Uri) bool {
	text := uri.String()
	return uri.Host != "" && (strings.EqualFold(uri.Scheme, "sip") || strings.EqualFold(uri.Scheme, "sips")) && len(text) <= maxPathURI &&
		!strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r >= 0x7f })
}

// AssociatedURIs reads the addresses that a registrar says are ours (RFC 7315 §4.1).
func AssociatedURIs(response *sip.Response) (list []string) {
	for _, uri := range urisOf(response, "P-Associated-URI", maxAssociated) {
		list = append(list, uri.String())
	}
	return list
}

func urisOf(message sip.Message, name string, most int) (list []sip.Uri) {
	for _, field := range message.GetHeaders(name) {
		for _, text := range SplitAddresses(field.Value()) {
			if _, uri, ok := ParseAddress(text); ok && len(list) < most {
				list = append(list, uri)
			}
		}
	}
	return list
}
