package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

const aRecord = `{"correlationId":"c0ffee","startTime":"2026-03-04T11:59:00Z","endTime":"2026-03-04T12:00:00Z","durationMs":60000,
	"from":"4:+15551230001","to":"4:+15550100001","reason":{"kind":"endedByPeer"},"connections":[],"legs":[
	{"participant":"4:+15551230001","direction":"inbound","trunk":"carrier","startTime":"2026-03-04T11:59:00Z","answerTime":"2026-03-04T11:59:10Z",
	"endTime":"2026-03-04T12:00:00Z","reason":{"kind":"endedByPeer"},"sound":{"codec":"PCMU","packetsSent":2500,"packetsReceived":2490,"loss":0.004,"maxJitterMs":2.5,"mos":4.31}},
	{"participant":"4:+15551230002","direction":"outbound","startTime":"2026-03-04T11:59:00Z","endTime":"2026-03-04T12:00:00Z","reason":{"kind":"busy","sipCode":486}}]}`

func TestCallsAreListedWithTheirLegs(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/admin/insight/v1/calls" { // off
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if q := r.URL.Query(); r.URL.Path != "/admin/calls" || q.Get("about") != "+1555" || q.Get("failed") != "true" || q.Get("since") == "" || q.Get("maxPageSize") != "5" {
			t.Errorf("asked %s", r.URL)
		}
		io.WriteString(w, `{"value":[`+aRecord+`]}`)
	})
	got := command(t, dir, "", "calls", "+1555", "--failed", "--since", "1h", "--limit", "5", "--connection-string", connection)
	for _, want := range []string{"4:+15551230001", "1m0s", "endedByPeer", "c0ffee", "carrier", "50s", "PCMU, 2490 packets in, 2500 out, loss 0.4 %, jitter 2.5 ms, MOS 4.3", "not answered", "busy (SIP 486)"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is missing in\n%s", want, got.out)
		}
	}
	if got.code != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCallsArePrintedAsLines(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"value":[{"a":1},{"b":2}]}`) })
	if got := command(t, dir, "", "calls", "--json", "--connection-string", connection); got.code != 0 || got.out != "{\"a\":1}\n{\"b\":2}\n" {
		t.Errorf("got %+v", got)
	}
}

// TestAsManyCallsAreListedAsAskedFor, though a server answers a page at a time.
func TestAsManyCallsAreListedAsAskedFor(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		switch q := r.URL.Query(); {
		case q.Get("maxPageSize") != "1000":
			t.Errorf("asked %s", r.URL)
		case q.Get("skipToken") == "":
			io.WriteString(w, `{"value":[`+strings.Repeat(`{"a":1},`, 999)+`{"a":1}],"nextLink":"https://elsewhere.example/admin/calls?maxPageSize=1000&skipToken=x"}`)
		default:
			io.WriteString(w, `{"value":[{"b":2},{"c":3}],"nextLink":"https://elsewhere.example/admin/calls?maxPageSize=1000&skipToken=y"}`)
		}
	})
	got := command(t, dir, "", "calls", "--json", "--limit", "1001", "--connection-string", connection)
	if got.code != 0 || strings.Count(got.out, "\n") != 1001 || !strings.HasSuffix(got.out, "{\"b\":2}\n") {
		t.Errorf("exit code %d, %d lines: %s", got.code, strings.Count(got.out, "\n"), got.err)
	}
	if got := command(t, dir, "", "calls", "--limit", "0"); got.code != 2 || !strings.Contains(got.err, "--limit must be 1 or more") {
		t.Errorf("got %+v", got)
	}
}

// TestFailedCallsIncludeWhatNeverWasACall: who is called at night finds the INVITE that was
// refused, and the call whose callbacks nobody took, where failed calls are listed.
func TestFailedCallsIncludeWhatNeverWasACall(t *testing.T) {
	now := time.Now().UTC().Format(time.RFC3339)
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		switch q := r.URL.Query(); {
		case r.URL.Path == "/admin/calls":
			io.WriteString(w, `{"value":[`+aRecord+`]}`)
		case r.URL.Path != "/admin/insight/v1/calls" || q.Get("failed") != "true" || q.Get("about") != "+1555":
			t.Errorf("asked %s", r.URL)
		default:
			io.WriteString(w, `{"value":[
			{"id":"d00d","subject":"invite","from":"4:+15559990000","to":"4:+15550100009","startTime":"`+now+`","endTime":"`+now+`","reason":"the INVITE was answered with 404"},
			{"id":"c0ffee","subject":"call","startTime":"`+now+`","endTime":"`+now+`","reason":"the carrier answered 486"},
			{"id":"f00d","subject":"call","from":"4:+15559990001","startTime":"2026-03-04T11:59:00Z","reason":"the webhook did not take CallConnected"},
			{"id":"01d","subject":"call","startTime":"2026-03-04T11:59:00Z","endTime":"2026-03-04T12:00:00Z","reason":"long ago"}]}`)
		}
	})
	got := command(t, dir, "", "calls", "+1555", "--failed", "--since", "1h", "--connection-string", connection)
	for _, want := range []string{"d00d", "4:+15559990000", "the INVITE was answered with 404", "f00d", "the webhook did not take CallConnected", "the carrier answered 486"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is missing in\n%s", want, got.out)
		}
	}
	if got.code != 0 || strings.Contains(got.out, "long ago") {
		t.Errorf("got %+v", got)
	}
	if got := command(t, dir, "", "calls", "+1555", "--connection-string", connection); strings.Contains(got.out, "d00d") {
		t.Errorf("without --failed:\n%s", got.out)
	}
}
