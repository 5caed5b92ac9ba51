package header

import "github.com/emiago/sipgo/sip"

// Bounds of what a registrar may tell us.
const (
	maxAssociated = 32
	maxRoutes     = 8
)

// ServiceRoute reads the routes that our calls must take (RFC 3608 §6.1).
func ServiceRoute(response *sip.Response) (routes []sip.Uri) {
	return urisOf(response, "Service-Route", maxRoutes)
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
