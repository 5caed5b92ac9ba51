package e2e

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// slowApplication answers every call after a second of thinking, so that the server, which
// has 64 events at it at a time, gets some 64 calls a second answered.
type slowApplication struct {
	product *product
	address string

	answered, ended atomic.Int64
	faults          atomic.Int64 // answers that were refused
}

func newSlowApplication(t *testing.T, p *product) *slowApplication {
	a := &slowApplication{product: p}
	web := httptest.NewUnstartedServer(a)
	a.address = web.Listener.Addr().String()
	web.Start()
	t.Cleanup(web.Close)
	return a
}

// ServeHTTP implements http.Handler.
func (a *slowApplication) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	event := posted{r.URL.Path, body}.event()
	switch {
	case r.URL.Path == "/callbacks":
		if event.Type == "Microsoft.Communication.CallDisconnected" {
			a.ended.Add(1)
		}
	case event.Data["validationCode"] != nil:
		fmt.Fprintf(w, `{"validationResponse": %q}`, event.Data["validationCode"])
	case event.Data["incomingCallContext"] != nil:
		time.Sleep(time.Second/2 + rand.N(time.Second)) // it thinks
		status := a.product.signed("POST", "/calling/callConnections:answer?api-version=2026-03-12", nil, values{
			"incomingCallContext": event.Data["incomingCallContext"], "callbackUri": "http://" + a.address + "/callbacks",
		}, nil)
		if status < 300 {
			a.answered.Add(1)
		} else {
			a.faults.Add(1)
		}
	}
}

// TestMoreCallsThanAreTaken has sipp offer more than twice as many calls as an application
// takes, and lose messages. Each call either comes up and ends as it should, or is refused
// with 503; none is lost.
func TestMoreCallsThanAreTaken(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := newSlowApplication(t, p)
	p.subscribe("incoming", "http://"+a.address+"/events")
	const offered = 900
	statistics, unexpected := t.TempDir()+"/statistics.csv", t.TempDir()+"/errors.log"
	finished := sipp(t, p, "-m", strconv.Itoa(offered), "-r", "150", "-l", strconv.Itoa(offered), "-d", "200", "-lost", "2",
		"-trace_stat", "-stf", statistics, "-fd", "1", "-trace_err", "-error_file", unexpected)
	why := finished() // fails, since calls were refused
	up, failed := sippCounts(t, statistics)
	// Where the machine is busy, calls are refused for that as well as for the overload.
	told, err := os.ReadFile(unexpected)
	must(t, err)
	refused := strings.Count(string(told), "received 'SIP/2.0 503 ")
	overload := int(p.metric(`switchhook_sip_refused_total{why="overload"}`))
	t.Logf("of %d calls %d came up, %d were refused, %d of them for the overload", offered, up, refused, overload)
	if up+failed != offered || failed != refused || refused < offered/10 || up < offered/10 {
		t.Errorf("of %d calls %d came up and %d failed; %d were refused: %v", offered, up, failed, refused, why)
	}
	// Where sipp lost an ACK and then the BYE, a call ends after 64*T1 (RFC 3261 §13.3.1.4).
	eventually(t, time.Minute, "the calls that came up have ended for the application", func() bool { return int(a.ended.Load()) >= up })
	if answered := int(a.answered.Load()); answered != up || a.faults.Load() != 0 {
		t.Errorf("%d calls were answered, and %d answers refused; %d came up", answered, a.faults.Load(), up)
	}
}

// sippCounts reads the last line of sipp's statistics.
func sippCounts(t *testing.T, name string) (up, failed int) {
	t.Helper()
	text, err := os.ReadFile(name)
	must(t, err)
	in := csv.NewReader(strings.NewReader(string(text)))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = ';', -1, true
	lines, err := in.ReadAll()
	must(t, err)
	counts := map[string]int{}
	for i, value := range lines[len(lines)-1] {
		if i < len(lines[0]) {
			counts[lines[0][i]], _ = strconv.Atoi(value)
		}
	}
	return counts["SuccessfulCall(C)"], counts["FailedCall(C)"]
}
