package server

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/callautomation"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/rest"
)

func TestAddressesThatLeadInward(t *testing.T) {
	o := Outbound{RefusePrivate: true, Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}}
	for address, want := range map[string]string{
		"8.8.8.8": "", "2600::1": "", "64:ff9b::808:808": "",
		"127.0.0.1": "loopback", "127.1.2.3": "loopback", "::1": "loopback", "::ffff:127.0.0.1": "loopback", "64:ff9b::7f00:1": "loopback",
		"10.0.0.1": "private", "172.31.255.255": "private", "192.168.1.1": "private", "::ffff:192.168.1.1": "private", "64:ff9b::a00:1": "private",
		"fd12::1": "private", "fec0::1": "private", "172.32.0.1": "",
		"169.254.169.254": "link-local", "::ffff:a9fe:a9fe": "link-local", "fe80::1": "link-local", "fe80::1%eth0": "link-local",
		"100.64.0.1": "provider", "0.0.0.0": "this host", "0.1.2.3": "this host", "::": "this host",
		"192.0.2.1": "reserved", "198.18.0.1": "reserved", "255.255.255.255": "reserved", "2001:db8::1": "reserved", "2001::1": "reserved",
		"224.0.0.1": "multicast", "ff02::1": "multicast",
		"::7f00:1": "disguise", "2002:7f00:1::": "disguise", "::ffff:0:7f00:1": "disguise",
		"10.20.3.4": "", "::ffff:10.20.3.4": "", "10.21.0.1": "private", "fd00:1::5": "", "64:ff9b::a14:304": "",
	} {
		err := o.check(netip.MustParseAddr(address))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "outbound.allow")) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
	}
}

func TestWithoutARuleEverythingIsReached(t *testing.T) {
	if (Outbound{}).checkAddress() != nil || (Outbound{}).checkAddressPort() != nil {
		t.Error("addresses are checked, and proxies not used")
	}
}

// TestNothingLeadsInward asks everything that connects to what a client has
// named: handshakes, events, callbacks and prompts.
func TestNothingLeadsInward(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s came in", r.Method, r.URL) }))
	defer inside.Close()
	here := strings.Replace(inside.URL, "127.0.0.1", "localhost", 1) // the name is no help
	p := outboundParts(t, "outbound: {refuse-private: true}")

	_, err := p.prompts.Fetch(t.Context(), here+"/prompt.wav", "")
	if err == nil || !strings.Contains(err.Error(), "outbound.refuse-private") {
		t.Errorf("the prompt: %v", err)
	}
	p.deliveries.Post(
		delivery.Message{ID: "callback", Group: "all", Policy: callautomation.Policy, URL: here + "/callback", Body: []byte("[]")},
		delivery.Message{ID: "event", Group: "all", Policy: eventgrid.PolicyName, URL: here + "/event", Body: []byte("[]"), Event: delivery.Event{Subscription: "SUB"}})
	if err := errors.Join(p.deliveries.Flush(t.Context()), p.deliveries.Await(t.Context(), "all")); err != nil {
		t.Fatal(err)
	}
	attempts := p.deliveries.Attempts(delivery.Filter{}, 10)
	for _, a := range attempts {
		if a.Result != delivery.Failed || !strings.Contains(a.Error, "loopback") {
			t.Errorf("%s: %+v", a.ID, a)
		}
	}
	if log := p.deliveries.Failures(delivery.FailureQuery{}); len(attempts) != 2 || len(log) != 1 || !strings.Contains(log[0].Message, "outbound.allow") {
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
func outboundParts(t *testing.T, config string) *parts {
	t.Helper()
	cfg, err := LoadConfig(Flags{Data: t.TempDir(), SIP: off, SIPS: off, Config: file(t, config)})
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
	address := doors.URL + ARMResource + "/providers/Microsoft.EventGrid/eventSubscriptions/hook" + eventsVersion
	_, text = request(t, "PUT", address, `{"properties":{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"`+endpoint+`"}}}}`)
	for deadline := time.Now().Add(10 * time.Second); strings.Contains(text, `"Creating"`) && time.Now().Before(deadline); {
		_, text = request(t, "GET", address, "")
	}
	return text
}

func TestOperatorIsWarnedOfOpenDoors(t *testing.T) {
	for _, row := range []struct {
		cfg  Config
		want bool
	}{
		{Config{HTTPS: "localhost:8443", HTTP: "127.0.0.1:8080"}, false},
		{Config{HTTPS: "[::1]:8443"}, false},
		{Config{HTTPS: "0.0.0.0:8443"}, true},
		{Config{HTTPS: ":8443"}, true},
		{Config{HTTPS: "localhost:8443", HTTP: "192.0.2.1:80"}, true},
		{Config{HTTPS: "calls.example.com:8443"}, true},
		{Config{HTTPS: "0.0.0.0:8443", Outbound: Outbound{RefusePrivate: true}}, false},
	} {
		var log strings.Builder
		p := &parts{cfg: row.cfg, log: slog.New(slog.NewTextHandler(&log, nil))}
		p.warnOfOutbound()
		if got := strings.Contains(log.String(), "outbound.refuse-private"); got != row.want {
			t.Errorf("%+v: warned %v", row.cfg, got)
		}
	}
}
