package rest

import (
	"strings"
	"testing"
)

// TestClientsOfOtherServicesAreToldWhereTheyBelong: an application gives one connection string
// to all of its clients.
func TestClientsOfOtherServicesAreToldWhereTheyBelong(t *testing.T) {
	f := newFixture(t)
	for path, name := range map[string]string{
		"/sms?api-version=2021-03-07":                                               "SMS",
		"/sms/optouts:add?api-version=2024-12-10-preview":                           "SMS",
		"/chat/threads?api-version=2021-09-07":                                      "Chat",
		"/emails:send?api-version=2023-03-31":                                       "Email",
		"/messages/notifications:send?api-version=2024-08-30":                       "Advanced Messages",
		"/routing/jobs/1?api-version=2023-11-01":                                    "Job Router",
		"/networkTraversal/:issueRelayConfiguration?api-version=2022-03-01-preview": "Network Traversal",
	} {
		got := f.want(t, f.send(t, "POST", path, "{}"), 404, "ResourceNotFound")
		if !strings.Contains(got.Error.Message, "belongs to "+name+", which is not offered here") {
			t.Errorf("%s: %s", path, got.Error.Message)
		}
	}
	if got := f.want(t, f.send(t, "POST", "/calling/serverCalls", "{}"), 404, "ResourceNotFound"); strings.Contains(got.Error.Message, "belongs") {
		t.Errorf("another path: %s", got.Error.Message)
	}
}
