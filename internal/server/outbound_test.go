package server

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/player"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestNothingLeadsInward asks everything that connects to what a client has
// named: handshakes, events, callbacks and prompts.
func TestNothingLeadsInward(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s came in", r.Method, r.URL) }))
	defer inside.Close()
	here := strings.Replace(inside.URL, "127.0.0.1", "localhost", 1) // the name is no help
	p := outboundParts(t, "outbound: {refuse-private: true}")

	prompt := p.prompts.Open(t.Context(), []player.File{{URI: here + "/prompt.wav"}}, false)
	<-prompt.Done()
	if _, err := prompt.Err(); err == nil || !strings.Contains(err.Error(), "outbound.refuse-private") {
		t.Errorf("the prompt: %v", err)
	}
	p.deliveries.Post(
		delivery.Message{ID: "callback", Group: "all", Policy: callautomation.Policy, URL: here + "/callback", Body: []byte("[]")},
		delivery.Message{ID: "event", Group: "all", Policy: eventgrid.PolicyName, URL: here + "/event", Body: []byte("[]"), Event: delivery.Event{Subscription: "SUB"}})
	if err := errors.Join(p.deliveries.Flush(t.Context()), p.deliveries.Await(t.Context(), "all")); err != nil {
		t.Fatal(err)
	}
	attempts := p.deliveries.Attempts(history.Filter{}, 10)
	for _, a := range attempts {
		if a.Result != history.Failed || !strings.Contains(a.Error, "loopback") {
			t.Errorf("%s: %+v", a.ID, a)
		}
	}
	if log := p.failures.Failures(report.FailureQuery{}); len(attempts) != 2 || len(log) != 1 || !strings.Contains(log[0].Message, "outbound.allow") {
		t.Errorf("%d attempts; the failure log has %+v", len(attempts), log)
	}
	if text := p.handshakeWith(t, here+"/webhook"); !strings.Contains(text, `"Failed"`) || !strings.Contains(text, "outbound.allow") {
		t.Errorf("the subscription is %s", text)
	}
}

func TestAllowedAddressIsReached(t *testing.T) {
	p := outboundParts(t, "outbound: {refuse-private: true, allow: [127.0.0.0/8, \"::1\"]}")
	if text := p.handshakeWith(t, webhook(t, nil)); !strings.Contains(text, `"Succeeded"`) {
		t.Errorf("the subscription is %s", text)
	}
}

// outboundParts are the parts of a server whose doors are closed.
func outboundParts(t *testing.T, text string) *parts {
	t.Helper()
	cfg, err := config.Load(config.Flags{Data: t.TempDir(), SIP: config.Off, SIPS: config.Off, Config: file(t, text)})
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() { p.close() })
	if err := p.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.public.give("http://127.0.0.1:1")
	if _, err := p.deliveries.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.later(p.haltDeliveries)
	return p
}

// handshakeWith subscribes a webhook and returns what became of it.
func (p *parts) handshakeWith(t *testing.T, endpoint string) (text string) {
	t.Helper()
	router := rest.New(rest.Config{Auth: everybody{}, Log: p.log})
	p.grid.Routes(router)
	doors := httptest.NewServer(router)
	defer doors.Close()
	address := doors.URL + resource.ARMPath + "/providers/Microsoft.EventGrid/eventSubscriptions/hook" + eventsVersion
	_, text = request(t, "PUT", address, `{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"`+endpoint+`"}}}}`)
	for deadline := time.Now().Add(10 * time.Second); strings.Contains(text, `"Creating"`) && time.Now().Before(deadline); {
		_, text = request(t, "GET", address, "")
	}
	return text
}

func TestOperatorIsWarnedOfOpenDoors(t *testing.T) {
	for _, row := range []struct {
		cfg  config.Config
		want bool
	}{
		{config.Config{HTTPS: "localhost:8443", HTTP: "127.0.0.1:8080"}, false},
		{config.Config{HTTPS: "[::1]:8443"}, false},
		{config.Config{HTTPS: "0.0.0.0:8443"}, true},
		{config.Config{HTTPS: ":8443"}, true},
		{config.Config{HTTPS: "localhost:8443", HTTP: "192.0.2.1:80"}, true},
		{config.Config{HTTPS: "calls.example.com:8443"}, true},
		{config.Config{HTTPS: "0.0.0.0:8443", Outbound: outbound.Rule{RefusePrivate: true}}, false},
	} {
		var log strings.Builder
		p := &parts{cfg: row.cfg, log: slog.New(slog.NewTextHandler(&log, nil))}
		p.warnOfOutbound()
		if got := strings.Contains(log.String(), "outbound.refuse-private"); got != row.want {
			t.Errorf("%+v: warned %v", row.cfg, got)
		}
	}
}

// TestOperatorIsWarnedOfShortPasswords asks which inbound passwords a start warns of.
func TestOperatorIsWarnedOfShortPasswords(t *testing.T) {
	for password, want := range map[trunk.Secret]bool{"": false, "fifteen letters": true, "sixteen letters!": false} {
		var log strings.Builder
		p := &parts{cfg: config.Config{Trunks: []trunk.Trunk{{Name: "branch", InboundPassword: password}}}, log: slog.New(slog.NewTextHandler(&log, nil))}
		p.warnOfPasswords()
		if got := strings.Contains(log.String(), "trunk=branch"); got != want || password != "" && strings.Contains(log.String(), string(password)) {
			t.Errorf("%d characters: %s", len(password), log.String())
		}
	}
}

// file writes a configuration file and returns its name.
func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "switchhook.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
