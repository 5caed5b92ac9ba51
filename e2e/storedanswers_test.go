package e2e

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// answersOf asks a server for everything that it has stored and shows, and returns
// the answers by request.
func answersOf(p *product, was upgrade) []byte {
	p.t.Helper()
	requests := []string{
		"GET /sip?api-version=2024-11-15-preview",
		"GET /phoneNumbers?api-version=2025-06-01",
		"GET /availablePhoneNumbers/searchResults/" + was.Search + "?api-version=2025-06-01",
		"GET /availablePhoneNumbers/reservations/" + was.Reservation + "?api-version=2025-06-01",
		"GET /admin/numbers?api-version=2023-04-01",
		"GET /admin/phones?api-version=2023-04-01",
		"GET /admin/calls?api-version=2023-04-01&about=%2B15550199001",
		"GET /admin/events/failures?api-version=2023-04-01&subscription=refusing",
		"GET /admin/events/attempts?api-version=2023-04-01&subscription=refusing",
		"GET " + subscriptionsOf + "?api-version=" + eventGridVersion,
		"POST " + subscriptionsOf + "/Everything/getFullUrl?api-version=" + eventGridVersion,
		"POST " + subscriptionsOf + "/Everything/getDeliveryAttributes?api-version=" + eventGridVersion,
		"POST " + subscriptionsOf + "/moved/getFullUrl?api-version=" + eventGridVersion,
	}
	for _, id := range was.Operations {
		requests = append(requests, "GET /phoneNumbers/operations/"+id+"?api-version=2025-06-01")
	}
	answers := map[string]json.RawMessage{}
	for _, request := range requests {
		method, path, _ := strings.Cut(request, " ")
		var answer json.RawMessage
		status := p.signed(method, path, nil, nil, &answer)
		if status != 200 {
			p.t.Errorf("%s: %d", request, status)
		}
		answers[request] = answer
	}
	text, err := json.Marshal(answers)
	must(p.t, err)
	return text
}

// compareAnswers compares answers by request.
func compareAnswers(t *testing.T, when string, got, want []byte) {
	t.Helper()
	var g, w map[string]any
	must(t, json.Unmarshal(got, &g))
	must(t, json.Unmarshal(want, &w))
	for request := range w {
		if !reflect.DeepEqual(g[request], w[request]) {
			have, _ := json.MarshalIndent(g[request], "", " ")
			had, _ := json.MarshalIndent(w[request], "", " ")
			t.Errorf("%s, %s answers\n%s\nwant\n%s", when, request, have, had)
		}
	}
}
