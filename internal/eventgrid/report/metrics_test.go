package report

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/deliverytest"
)

func TestEventGridMetrics(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	hooks := &deliverytest.Webhooks{Answer: func(url, body string, _ int) deliverytest.Reply {
		return deliverytest.Reply{Status: map[bool]int{true: 200, false: 404}[strings.HasPrefix(body, "good") || strings.Contains(url, "morgue")]}
	}}
	run(t, Config{Metrics: registry}, hooks, func(t *testing.T, e *delivery.Engine, _ *Report) {
		dropped, dead := incoming("dropped"), incoming("dead")
		dropped.MaxAttempts = 1
		dead.MaxAttempts, dead.DeadLetter, dead.Group, dead.Event.Subscription = 1, "http://morgue.test/", "SUB", "SUB"
		e.Post(incoming("good"), dropped, dead, callback())
		time.Sleep(10 * time.Minute)
		want := map[string]float64{
			"delivery_success_total INCOMING":                           1,
			"dropped_events_total MaxDeliveryAttemptsExceeded INCOMING": 1,
			"dead_lettered_total MaxDeliveryAttemptsExceeded SUB":       1,
			"delivery_attempt_fail_total NotFound Http4xx INCOMING":     1,
			"delivery_attempt_fail_total NotFound Http4xx SUB":          1,
			"destination_processing_duration_milliseconds INCOMING":     2,
			"destination_processing_duration_milliseconds SUB":          1,
			"publish_success_latency_milliseconds":                      3,
		}
		got := series(t, registry)
		for name, n := range want {
			if got[name] != n {
				t.Errorf("%s is %v", name, got[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("the series are %v", got)
		}
		e.ForgetSubscription("INCOMING")
		time.Sleep(time.Second)
		for name := range series(t, registry) {
			if strings.Contains(name, "INCOMING") {
				t.Errorf("%s remains", name)
			}
		}
	})
}

// series returns the samples of Event Grid's metrics, such as
// "delivery_success_total INCOMING".
func series(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]float64{}
	for _, f := range families {
		name, ours := strings.CutPrefix(f.GetName(), "switchhook_eventgrid_")
		for _, m := range f.GetMetric() {
			if ours {
				found[name+labels(m)] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			}
		}
	}
	return found
}

// TestForgottenSubscriptionHasNoSeries: neither what waits for it, nor an
// attempt that ends later, makes one anew.
func TestForgottenSubscriptionHasNoSeries(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	hooks := &deliverytest.Webhooks{Answer: func(_, body string, _ int) deliverytest.Reply {
		return deliverytest.Reply{Status: 500, After: map[bool]time.Duration{true: 10 * time.Second}[body == "slow"]}
	}}
	run(t, Config{Metrics: registry}, hooks, func(t *testing.T, e *delivery.Engine, r *Report) {
		e.Post(incoming("slow"), incoming("retried"))
		time.Sleep(5 * time.Second)
		if len(series(t, registry)) == 0 {
			t.Fatal("there is no series at first")
		}
		e.ForgetSubscription("INCOMING")
		time.Sleep(time.Hour)
		for name := range series(t, registry) {
			if strings.Contains(name, "INCOMING") {
				t.Errorf("%s is there", name)
			}
		}
		if got := r.Failures(FailureQuery{Where: "outcome=Canceled"}); len(got) != 1 || !strings.Contains(got[0].Message, "subscription was deleted") {
			t.Errorf("logged %+v", got)
		}
	})
}
func labels(m *dto.Metric) (text string) {
	for _, l := range m.GetLabel() {
		text += " " + l.GetValue()
	}
	return text
}
