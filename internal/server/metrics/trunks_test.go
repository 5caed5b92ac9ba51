package metrics

import (
	"log/slog"
	"maps"
	"net/netip"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestTrunkHealthIsMeasured asks that Prometheus sees a trunk that answers, and one that
// refuses to register us.
func TestTrunkHealthIsMeasured(t *testing.T) {
	phone, err := siptest.New(siptest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	registrar := phone.Registrar()
	registrar.Refuses(403)
	at := netip.MustParseAddrPort(phone.Addr().String())
	table, err := trunk.NewTable([]trunk.Trunk{
		{Name: "carrier", Host: at.Addr().String(), Port: int(at.Port()), Ping: 20 * time.Millisecond},
		{Name: "account", Host: at.Addr().String(), Port: int(at.Port()), Register: &trunk.Registration{User: "account", Expires: time.Hour}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	phones := sip.New(sip.Config{Listen: "127.0.0.1:0", RegisterRetry: 20 * time.Millisecond}, table, nil, rtp.NewPorts(rtp.Config{}), slog.New(slog.DiscardHandler))
	if err := phones.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer phones.Close()
	registry := prometheus.NewRegistry()
	registry.MustRegister(TrunkHealth(phones))

	until(t, registry, "switchhook_trunk_up", map[string]float64{"carrier": 1})
	until(t, registry, "switchhook_trunk_registered", map[string]float64{"account": 0})
	registrar.Refuses(0)
	until(t, registry, "switchhook_trunk_registered", map[string]float64{"account": 1})
}

// until waits for the series of a metric: a value for each trunk.
func until(t *testing.T, registry *prometheus.Registry, name string, want map[string]float64) {
	t.Helper()
	ticker, limit := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer ticker.Stop()
	for {
		got := map[string]float64{}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetName() != name {
				continue
			}
			for _, series := range family.Metric {
				got[series.Label[0].GetValue()] = series.Gauge.GetValue()
			}
		}
		if maps.Equal(got, want) {
			return
		}
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("%s is %v, not %v", name, got, want)
		}
	}
}
