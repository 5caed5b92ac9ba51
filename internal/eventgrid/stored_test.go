package eventgrid

import (
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 600, time.UTC)
	wanted := Settings{
		Endpoint: "https://app.example.com/events?code=hush",
		Target: Target{
			Kind: kindStorageQueue, ResourceID: "/subscriptions/s/storageAccounts/acct", Queue: "calls", MessageTTL: 60, Subject: "acs.calls", File: "kept.jsonl",
		},
		Schema: schemaCloudEvents,
		Attributes: []Attribute{
			{Name: "X-Key", Value: "secret word", Secret: true},
			{Name: "X-To", Source: "data.to.rawId"},
		},
		Entra:      Entra{Tenant: "contoso", Application: "api://webhook"},
		Batch:      Batch{MaxEvents: 5, PreferredKB: 128},
		DeadLetter: DeadLetter{ResourceID: "/subscriptions/s/storageAccounts/acct", Container: "dead", Bucket: "dead", URL: "folder:///dead"},
		Filter: Filter{
			Types: []string{typeIncomingCall}, SubjectBegins: "/caller/", SubjectEnds: "0001", CaseSensitive: true,
			Advanced: []AdvancedFilter{
				{Operator: "NumberIn", Key: "data.n", Numbers: []float64{1, 2.5}},
				{Operator: "NumberInRange", Key: "data.n", Ranges: [][2]float64{{1, 2}, {5, 6}}},
				{Operator: "StringContains", Key: "subject", Strings: []string{"a", "b"}},
				{Operator: "BoolEquals", Key: "data.b", Bool: true},
			},
		},
		Retry:  Retry{MaxAttempts: 7, TimeToLive: 61 * time.Minute},
		Labels: []string{"first", "second"}, Expires: at.AddDate(1, 0, 0), ArrayFilters: true,
	}
	active := wanted
	active.Endpoint = "https://app.example.com/before"
	storetest.Golden(t, storedSubscriptions, Subscription{
		Name: "Everything", Wanted: wanted, Active: &active, PerMinute: 120, State: awaiting, Problem: "it was not opened yet",
		Consent: &consent{ID: "eaa33950-b5dc-48b0-8d9d-84649f43bd92", TokenHash: []byte("a hash"), Deadline: at.Add(10 * time.Minute)},
		Created: at, Updated: at.Add(time.Minute),
	})
}
