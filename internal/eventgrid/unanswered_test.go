package eventgrid

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/deliverytest"
)

// TestWebhookThatNeverAnswersHearsOfEachCallOnce: a call that was announced 30 s ago does
// not ring any more, and the next call does.
func TestWebhookThatNeverAnswersHearsOfEachCallOnce(t *testing.T) {
	for _, test := range []struct {
		kind  string
		again bool
	}{{typeIncomingCall, false}, {typeCallStarted, true}} {
		hooks := &deliverytest.Webhooks{Answer: func(string, string, int) deliverytest.Reply { return deliverytest.Reply{After: time.Hour} }}
		deliverytest.Run(t, gridPolicy(), hooks, func(t *testing.T, e *delivery.Engine) {
			late := 0
			for i := range 30 {
				m := toGrid(fmt.Sprint("call", i), fmt.Sprint(i))
				m.Event.Type = test.kind
				e.Post(m)
				time.Sleep(10 * time.Second)
				if len(hooks.Times(fmt.Sprint(i))) == 0 {
					late++
				}
			}
			time.Sleep(time.Hour)
			again := 0
			for i := range 30 {
				if len(hooks.Times(fmt.Sprint(i))) > 1 {
					again++
				}
			}
			if (again > 0) != test.again || !test.again && late > 0 {
				t.Errorf("%s: %d came late, %d were repeated", test.kind, late, again)
			}
		})
	}
}
