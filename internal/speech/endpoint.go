package speech

import "strings"

// EndpointName is an endpoint in the form in which endpoints are compared: scheme
// and host in lower case (RFC 3986 §6.2.2.1), without the slash at the end.
func EndpointName(endpoint string) string {
	endpoint = strings.TrimRight(strings.TrimSpace(endpoint), "/")
	scheme, rest, found := strings.Cut(endpoint, "://")
	if !found {
		return strings.ToLower(endpoint)
	}
	host, path, hasPath := strings.Cut(rest, "/")
	name := strings.ToLower(scheme) + "://" + strings.ToLower(host)
	if hasPath {
		name += "/" + path
	}
	return name
}
