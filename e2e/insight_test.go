package e2e

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/insight"
)

const callingVersion = "?api-version=2024-04-15"

// calls answers a search of what is kept of calls.
func (p *product) calls(query url.Values) []insight.Summary {
	p.t.Helper()
	var page struct{ Value []insight.Summary }
	if status := p.signed("GET", insight.Path+"/calls?"+query.Encode(), nil, nil, &page); status != http.StatusOK {
		p.t.Fatalf("the calls answer %d", status)
	}
	return page.Value
}

// explains waits until a call that failed is explained with these words.
func (p *product) explains(name, about string, words ...string) {
	p.t.Helper()
	var seen []string
	has := func() bool {
		seen = nil
		for _, call := range p.calls(url.Values{"about": {about}, "failed": {"true"}}) {
			all := call.Reason
			for _, problem := range call.Problems {
				all += "\n" + problem.Text
			}
			seen = append(seen, all)
			missing := false
			for _, word := range words {
				missing = missing || !strings.Contains(all, word)
			}
			if !missing {
				return true
			}
		}
		return false
	}
	deadline := time.Now().Add(patience)
	for !has() {
		if time.Now().After(deadline) {
			p.t.Errorf("%s: no failed call about %s says %q; there are %q", name, about, words, seen)
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// creates asks for a call to a number.
func (p *product) creates(to, callback string) (status int) {
	p.t.Helper()
	return p.signed("POST", "/calling/callConnections"+callingVersion, nil, values{
		"targets":              []values{{"kind": "phoneNumber", "phoneNumber": values{"value": to}}},
		"sourceCallerIdNumber": values{"value": ourNumber}, "callbackUri": callback,
	}, nil)
}

// callbackSecret is in the address of callbacks. No id is like it.
const callbackSecret = "hushed-4711"

// missingKind is a kind of item that the timeline of a call lacks; "" is none. Secrets
// must not be in it.
func (p *product) missingKind(id string) string {
	var shown struct{ Items []insight.Item }
	p.signed("GET", insight.Path+"/calls/"+id, nil, nil, &shown)
	kinds := map[insight.Kind]int{}
	for _, item := range shown.Items {
		kinds[item.Kind]++
		if strings.Contains(item.Text+string(item.Detail), callbackSecret) {
			p.t.Errorf("a secret is shown: %s %s", item.Text, item.Detail)
		}
	}
	for _, kind := range []insight.Kind{insight.KindRequest, insight.KindEvent, insight.KindDelivery, insight.KindSIP, insight.KindLeg, insight.KindLog} {
		if kinds[kind] == 0 {
			return string(kind)
		}
	}
	return ""
}

// TestTestsWaitForCalls: a test asks for an IncomingCall and gets it as it happens; the
// commands show the call, and another process of the server still knows it.
func TestTestsWaitForCalls(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	phone := newPhone(p)
	waited := make(chan insight.Waited, 1)
	begun := time.Now().UTC().Format(time.RFC3339)
	go func() {
		var met insight.Waited
		p.signed("GET", insight.Path+"/wait?event=IncomingCall&timeout=60s&since="+begun+"&to="+url.QueryEscape(ourNumber), nil, nil, &met)
		waited <- met
	}()
	call := dial(t, phone)
	met := <-waited
	if !met.Met || met.Call == nil || met.Call.To != "4:"+ourNumber {
		t.Fatalf("waiting ends with %+v", met)
	}
	must(t, call.WaitFinal(within(t, 5*time.Second)))
	for _, part := range []string{"no application received the call", "INVITE sip:" + ourNumber, "480 Temporarily Unavailable"} {
		eventually(t, patience, "calls show has "+part, func() bool { return strings.Contains(p.mustRun("calls", "show", met.Call.ID, "--bodies"), part) })
	}
	p.stop()
	again := start(t, setup{data: p.data, https: hostOf(p.addresses.HTTPS)})
	if kept := again.mustRun("calls", "show", met.Call.ID); !strings.Contains(kept, "no application received the call") {
		t.Errorf("after a restart:\n%s", kept)
	}
}

// hostOf is the host of an address, with any port.
func hostOf(address string) string {
	host, _, _ := net.SplitHostPort(address)
	return net.JoinHostPort(host, "0")
}
