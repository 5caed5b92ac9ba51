package metrics

import (
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestTrunkHealthIsMeasured asks that Prometheus sees a trunk that answers.
func TestTrunkHealthIsMeasured(t *testing.T) {
	phone, err := siptest.New(siptest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	at := netip.MustParseAddrPort(phone.Addr().String())
	table, err := trunk.NewTable([]trunk.Trunk{{Name: "carrier", Host: at.Addr().String(), Port: int(at.Port()), Ping: 20 * time.Millisecond}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	phones := sip.New(sip.Config{Listen: "127.0.0.1:0"}, table, nil, rtp.NewPorts(rtp.Config{}), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := phones.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer phones.Close()
	registry := prometheus.NewRegistry()
	registry.MustRegister(TrunkHealth(phones))
	ticker, limit := time.NewTicker(20*time.Millisecond), time.After(10*time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the trunk never answered")
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetName() == "switchhook_trunk_up" && strings.Contains(family.String(), "carrier") && family.Metric[0].Gauge.GetValue() == 1 {
				return
			}
		}
	}
}
