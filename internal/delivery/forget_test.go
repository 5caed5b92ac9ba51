package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// TestForgottenSubscriptionLeavesNothing: neither what waits for it, nor an
// attempt that ends later, leaves metrics of a subscription that was deleted.
func TestForgottenSubscriptionLeavesNothing(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if strings.HasPrefix(body, "slow") {
			return reply{status: 500, after: 10 * time.Second}
		}
		return reply{status: 500}
	}}
	runWith(t, Config{Metrics: registry}, InMemory(), hooks, func(e *Engine, _ []Hold) {
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
		if n := len(hooks.bodies()); n != 2 {
			t.Errorf("%d posts", n)
		}
		e.ask(func() {
			if len(e.wards)+len(e.lanes)+len(e.groups)+len(e.destinations) != 0 {
				t.Errorf("left: %d wards, %d lanes, %d groups, %d destinations", len(e.wards), len(e.lanes), len(e.groups), len(e.destinations))
			}
		})
	})
}

// TestSubscriptionMadeAnewIsNotOnProbation: the failures of the deleted one of
// its name count no more.
func TestSubscriptionMadeAnewIsNotOnProbation(t *testing.T) {
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		return reply{status: map[bool]int{true: 200, false: 404}[body == "new"]}
	}}
	runWith(t, Config{}, InMemory(), hooks, func(e *Engine, _ []Hold) {
		for range 12 {
			e.Post(incoming("old"))
			time.Sleep(time.Second)
		}
		e.ForgetSubscription("INCOMING")
		e.Post(incoming("new"))
		time.Sleep(time.Second)
		if posted := hooks.bodies(); posted[len(posted)-1] != "new" {
			t.Errorf("posted %v", posted)
		}
	})
}
