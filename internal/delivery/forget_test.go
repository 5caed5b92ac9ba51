package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// TestForgottenSubscriptionLeavesNothing: what waits for it is over, and an
// attempt that ends later is told as one of a subscription that is no more.
func TestForgottenSubscriptionLeavesNothing(t *testing.T) {
	o := &observed{}
	hooks := &webhooks{answer: func(_, body string, _ int) reply {
		if strings.HasPrefix(body, "slow") {
			return reply{status: 500, after: 10 * time.Second}
		}
		return reply{status: 500}
	}}
	runWith(t, Config{Policies: o.policies()}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
		e.Post(incoming("slow"), incoming("retried"))
		time.Sleep(5 * time.Second)
		e.ForgetSubscription("INCOMING")
		time.Sleep(time.Hour)
		if o := o.soFar(); len(o.ends) != 0 || len(o.attempts) != 2 || o.attempts[0].Dropped || !o.attempts[1].Dropped {
			t.Errorf("told of attempts %+v, ends %v", o.attempts, o.ends)
		}
		if n := len(hooks.bodies()); n != 2 {
			t.Errorf("%d posts", n)
		}
		e.inTurn(func() {
			if len(e.groupBreakers)+len(e.lanes)+len(e.groups)+len(e.destinations) != 0 {
				t.Errorf("left: %d breakers, %d lanes, %d groups, %d destinations", len(e.groupBreakers), len(e.lanes), len(e.groups), len(e.destinations))
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
	runWith(t, Config{}, journal.InMemory(), hooks, func(e *Engine, _ []journal.Hold) {
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
