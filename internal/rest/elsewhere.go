package rest

import "strings"

// services are services of ACS that are no calling, by how their paths begin.
var services = []struct{ path, name string }{
	{"/chat/", "Chat"},
	{"/sms", "SMS"},
	{"/emails", "Email"},
	{"/messages/", "Advanced Messages"},
	{"/routing/", "Job Router"},
	{"/networktraversal/", "Network Traversal"},
}

// elsewhere tells the client of another service of ACS, which has got our connection string
// because it is the application's, where its requests belong; "" for any other path.
func elsewhere(path string) string {
	for _, service := range services {
		if strings.HasPrefix(strings.ToLower(path), service.path) {
			return ": it belongs to " + service.name + ", which is not offered here; give that client the connection string of ACS"
		}
	}
	return ""
}
