package server

import (
	"encoding/json"
	"log/slog"
	"net"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/phonenumbers"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/server/metrics"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestStatesOfTrunksAndNumbers asks what commands are told of a running server.
func TestStatesOfTrunksAndNumbers(t *testing.T) {
	p := &parts{log: slog.New(slog.DiscardHandler), store: store.InMemory(), metrics: metrics.New(), cfg: config.Config{
		Numbers: []string{"+15550100001"}, SpareNumbers: []string{"+15550100009"},
		Trunks: []trunk.Trunk{{Name: "carrier", Host: "192.0.2.1", MaxCalls: 1}},
		Routes: []trunk.Route{{Name: "abroad", Pattern: `^\+1`, Trunks: []string{"carrier"}}},
		Guards: []permit.Guard{{Name: "premium", Prefixes: []string{"+1900"}, Deny: true}},
	}}
	for _, open := range []error{p.openNumbers(t.Context()), p.openRouting(t.Context()), p.openPermits(t.Context())} {
		if open != nil {
			t.Fatal(open)
		}
	}
	carrier := p.trunks.Trunks()[0]
	leave, err := p.permits.AdmitInbound(carrier)
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	if _, err := p.permits.AdmitInbound(carrier); err == nil {
		t.Fatal("the trunk is full")
	}
	premium, _ := identifier.Phone("+19005550100")
	if err := p.permits.CallerID(permit.Request{From: premium, To: premium}); err == nil {
		t.Fatal("a number of somebody else may be shown")
	}
	router := rest.New(rest.Config{Auth: everyone{}, Log: p.log})
	p.administration().Routes(router)
	ask := func(path string, into any) {
		t.Helper()
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", path+"?api-version=2024-01-01", nil))
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil || w.Code != 200 {
			t.Fatalf("%s: %d %s %v", path, w.Code, w.Body, err)
		}
	}
	var trunks struct {
		Value   []admin.TrunkState
		Routes  []admin.Route
		Refused map[string]int
	}
	ask(admin.TrunksPath, &trunks)
	if got := trunks.Routes; len(got) != 1 || got[0].Name != "abroad" || got[0].Pattern != `^\+1` || !slices.Equal(got[0].Trunks, []string{"carrier"}) {
		t.Errorf("routes are %+v", got)
	}
	if got := trunks.Value[0]; got.Name != "carrier" || got.Address != "192.0.2.1:5060" || got.Inbound != 1 || got.MaxCalls != 1 || got.Refused == "" || got.State != "unknown" {
		t.Errorf("trunk is %+v", got)
	}
	if trunks.Refused["max-calls"] != 1 || trunks.Refused["caller-ids"] != 1 {
		t.Errorf("refused %v", trunks.Refused)
	}
	var numbers struct{ Value []phonenumbers.Known }
	ask(admin.NumbersPath, &numbers)
	if got := numbers.Value; len(got) != 2 || !got[0].Owned || got[1].Owned || got[0].Calling != "inbound+outbound" {
		t.Errorf("numbers are %+v", got)
	}
}

// TestHealthOfTrunksIsShown asks that the routing API tells whether trunks answer.
func TestHealthOfTrunksIsShown(t *testing.T) {
	alive, err := siptest.New(siptest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	dead, err := siptest.New(siptest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	dead.Answering(func(*siptest.Message) int { return 503 })
	defer dead.Close()
	at := func(name string, phone *siptest.Phone, ping time.Duration) trunk.Trunk {
		return trunk.Trunk{Name: name, Host: "127.0.0.1", Port: phone.Addr().(*net.UDPAddr).Port, Ping: ping}
	}
	table, err := trunk.NewTable([]trunk.Trunk{at("alive", alive, 10*time.Millisecond), at("dead", dead, 10*time.Millisecond), at("unasked", alive, 0)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{trunks: table, phones: sip.New(sip.Config{Listen: "127.0.0.1:0"}, table, nil, nil, slog.New(slog.DiscardHandler))}
	if err := p.phones.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer p.phones.Close()
	deadline := time.After(90 * time.Second)
	for {
		up, down := trunkWatch{p}.Health("alive"), trunkWatch{p}.Health("dead")
		if up.Overall == siprouting.Active && up.Ping == siprouting.OK && down.Overall == siprouting.Inactive && down.Ping == siprouting.Failing && down.Reason != "" {
			break
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-deadline:
			t.Fatalf("alive is %+v, dead is %+v", up, down)
		}
	}
	if got := (trunkWatch{p}).Health("unasked"); got.Overall != siprouting.Unknown {
		t.Errorf("unasked is %+v", got)
	}
}
