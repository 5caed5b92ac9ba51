package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/admin"
)

func TestRunningTrunksAreTold(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"value":[
		{"name":"carrier","address":"192.0.2.1:5060","transport":"udp","state":"online","callsIn":3,"callsOut":2,"maxCalls":30,"callsPerSecond":5,
		 "registration":{"user":"account","state":"registered","since":"2026-03-04T11:00:00Z","until":"2026-03-04T12:00:00Z"}},
		{"name":"dead","transport":"tcp","state":"inactive","answer":"503 Service Unavailable","callsIn":0,"callsOut":0,"lastRefusal":"trunk dead carries 1 calls","lastRefusalAt":"2026-03-04T11:00:00Z"},
		{"name":"stranger","transport":"udp","state":"unknown","callsIn":0,"callsOut":0,"registration":{"user":"u","state":"failed","answer":"403 Forbidden","since":"2026-03-04T11:00:00Z","next":"2026-03-04T12:00:00Z"}}],
		"routes":[{"name":"abroad","pattern":"^\\+44","trunks":["carrier","dead"]},{"name":"rest","pattern":"","trunks":["stranger"]}]}`)
	})
	got := command(t, dir, "", "trunks", "--connection-string", connection)
	for _, want := range []string{"account until", "30 calls, 5/s", "trunk dead does not answer OPTIONS: 503", "trunk stranger: the registration of u failed: 403 Forbidden", "dead: last refusal", "carries 1 calls", "not asked",
		"ROUTE", `abroad  ^\+44         carrier, dead`, "rest    every number  stranger"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is missing in\n%s", want, got.out)
		}
	}
	if strings.Contains(got.out, "unknown") {
		t.Errorf("a trunk that gets no OPTIONS is unknown:\n%s", got.out)
	}
}

func TestRunningNumbersAreTold(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"value":[{"number":"+15550100001","owned":true,"calling":"outbound","assignment":"application"},
		{"number":"+15550100009","owned":false,"calling":"inbound+outbound","assignment":"application","heldBy":"c0ffee","heldUntil":"2026-03-04T12:00:00Z"}]}`)
	})
	got := command(t, dir, "", "numbers", "--connection-string", connection)
	for _, want := range []string{"+15550100001  owned", "outbound", "available", "c0ffee until"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is missing in\n%s", want, got.out)
		}
	}
}

func TestDoctorTellsOfTrunksThatDoNotWork(t *testing.T) {
	for want, state := range map[string]admin.TrunkState{
		"ok    trunk a":                        {Name: "a", Link: admin.Link{State: "unknown"}},
		"ok    trunk a, registered as u":       {Name: "a", Link: admin.Link{State: "online", Registration: &admin.TrunkRegistration{User: "u", State: "registered"}}},
		"note  trunk a does not answer":        {Name: "a", Link: admin.Link{State: "inactive", Answer: "408"}},
		"note  trunk a: registration of u fai": {Name: "a", Link: admin.Link{State: "unknown", Registration: &admin.TrunkRegistration{User: "u", State: "failed", Answer: "403"}}},
	} {
		if got := state.Finding().String(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
