package eventgrid

import (
	"maps"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/store"
)

func TestPublishingIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := prometheus.NewPedanticRegistry()
		cfg := testConfig(willing(t))
		cfg.Metrics = registry
		g, err := New(cfg, store.InMemory(), &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.subscribe(t, "numbers", ask(t, webhook(`,"filter":{"advancedFilters":[{"operatorType":"IsNotNull","key":"data.to.phoneNumber"},{"operatorType":"IsNotNull","key":"data.from.phoneNumber"}]}`)))
		g.subscribe(t, "started", ask(t, webhook(`,"filter":{"includedEventTypes":["Microsoft.Communication.CallStarted"]}`)))
		synctest.Wait()
		for _, name := range []string{"pstn-to-number", "identity-to-number", "identity-to-identity"} {
			g.IncomingCall(incomingCalls(t)[name])
		}
		want := map[string]float64{
			"advanced_filter_evaluations_total NUMBERS": 5, "advanced_filter_evaluations_total STARTED": 0,
			"matched_events_total NUMBERS": 1, "matched_events_total STARTED": 0,
			"publish_failures_total": 0, "unmatched_events_total": 2,
			"published_events_total Microsoft.Communication.IncomingCall": 3,
		}
		if got := counted(t, registry); !maps.Equal(got, want) {
			t.Errorf("counted %v, want %v", got, want)
		}
		if _, err := g.remove("numbers"); err != nil {
			t.Fatal(err)
		}
		if got := counted(t, registry); len(got) != len(want)-2 {
			t.Errorf("after its end: %v", got)
		}
	})
}

// counted reads every counter, by its name without our prefix and its label.
func counted(t testing.TB, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := strings.TrimPrefix(family.GetName(), "switchhook_eventgrid_")
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			got[name] = m.GetCounter().GetValue()
		}
	}
	return got
}
