package speech

import "strings"

// Endpoints are the addresses of speech services that an application names. They select
// among configured providers and are never connected to; "" selects the default ones.
type Endpoints struct {
	Main   string // cognitiveServicesEndpoint
	Backup string // backupCognitiveServicesEndpoint of previews: asked after Main
}

// names lists those that are named, in the form in which they are compared.
func (e Endpoints) names() (list []string) {
	for _, endpoint := range []string{e.Main, e.Backup} {
		if endpoint != "" {
			list = append(list, EndpointName(endpoint))
		}
	}
	return list
}

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
