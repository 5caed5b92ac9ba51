package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestLogHidesSecretsOfAddresses asks that user, password and query of every address
// that an application names stay out of the log, at its most talkative: of callbacks
// that are taken, refused and not reachable, of prompts, and of webhooks.
func TestLogHidesSecretsOfAddresses(t *testing.T) {
	t.Parallel()
	phone, port := newFarPhone(t)
	p := start(t, setup{trunk: port, config: "log-level: debug\n"})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/again?sig=topsecret", http.StatusFound)
	}))
	t.Cleanup(web.Close)
	hide := func(base string) string {
		return strings.Replace(base, "http://", "http://topsecret:topsecret@", 1) + "/hook?sig=topsecret"
	}
	create := func(callback string) (made struct {
		ID string `json:"callConnectionId"`
	}) {
		p.signed("POST", "/calling/callConnections?api-version="+apiVersion, nil, values{
			"targets": []values{{"rawId": far}}, "sourceCallerIdNumber": values{"value": ourNumber}, "callbackUri": callback,
		}, &made)
		return made
	}
	create("ftp://topsecret:topsecret@app.test/?sig=topsecret")
	c := create(hide("http://127.0.0.1:1"))
	call, err := phone.Next(within(t, 10*time.Second))
	must(t, err)
	must(t, call.Answer())
	path := "/calling/callConnections/" + c.ID
	eventually(t, 10*time.Second, "a prompt is taken", func() bool {
		return p.signed("POST", path+":play?api-version="+apiVersion, nil, values{
			"playSources": []values{{"kind": "file", "file": values{"uri": hide(web.URL)}}}, "operationCallbackUri": hide(web.URL),
		}, nil) == http.StatusAccepted
	})
	p.signed("POST", path+":play?api-version="+apiVersion, nil, values{"playSources": []values{{"kind": "file", "file": values{"uri": "topsecret"}}}}, nil)
	_, _ = p.run("events", "subscribe", "hooked", hide(web.URL))
	time.Sleep(time.Second) // for what is retried
	p.stop()
	if !strings.Contains(p.log.String(), "http://127.0.0.1:1/hook") {
		t.Error("the log does not name the callback's host")
	}
	for line := range strings.Lines(p.log.String()) {
		if strings.Contains(line, "topsecret") {
			t.Errorf("the log has a secret: %s", line)
		}
	}
}
