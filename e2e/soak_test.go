package e2e

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

const (
	soakCalls = 100
	slack     = 12 // goroutines and descriptors that an idle server may have more or less: connections kept for reuse
)

// soakTime is how long the calls last; SWITCHHOOK_SOAK=full makes it a minute.
func soakTime() time.Duration {
	if os.Getenv("SWITCHHOOK_SOAK") == "full" {
		return time.Minute
	}
	return 20 * time.Second
}

// TestHundredCallsForAMinuteLeakNothing: 100 phones hear a prompt at once, and
// when they have gone, the process is as it was before.
func TestHundredCallsForAMinuteLeakNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("a soak takes its time")
	}
	a, phone := stage(t)
	p := a.product
	prompt := a.saveTone("soak.wav", 2*time.Second)

	// The first calls make what stays: connections, caches, pools.
	a.soak(phone, prompt, 10, time.Second)
	eventually(t, 10*time.Second, "the first calls' ports are free", func() bool { return p.mediaPorts() == 0 })
	goroutines, descriptors, memory := p.metric("go_goroutines"), p.descriptors(), p.memory()

	a.soak(phone, prompt, soakCalls, soakTime())

	eventually(t, 20*time.Second, "all media ports are free", func() bool { return p.mediaPorts() == 0 })
	eventually(t, 20*time.Second, "the goroutines have ended", func() bool { return p.metric("go_goroutines") <= goroutines+slack })
	eventually(t, 20*time.Second, "the descriptors are closed", func() bool { return p.descriptors() <= descriptors+slack })
	t.Logf("goroutines %.0f before, %.0f after; descriptors %d, %d; memory %.1f MB, %.1f MB",
		goroutines, p.metric("go_goroutines"), descriptors, p.descriptors(), float64(memory)/1e6, float64(p.memory())/1e6)
}

// soak has phones call, all at once, hear a prompt that repeats, and hang up.
func (a *agent) soak(phone *siptest.Phone, prompt string, count int, length time.Duration) {
	a.t.Helper()
	began := time.Now()
	before := len(a.all(isIncoming))
	calls := make([]*siptest.Call, count)
	for n := range calls {
		calls[n] = dial(a.t, phone)
	}
	var connections []connection
	for n := range calls {
		connections = append(connections, a.answer(a.nextIncoming(before+n)))
	}
	for _, c := range connections {
		c.got("CallConnected")
		c.do("playToAll", values{"urls": []string{prompt}, "loop": true, "operationContext": "soak"}, nil)
	}
	for _, call := range calls {
		must(a.t, call.WaitAnswered(within(a.t, 10*time.Second)))
	}
	a.t.Logf("%d calls play after %v, with %d media ports", count, time.Since(began).Round(time.Millisecond), a.product.mediaPorts())
	for _, call := range calls {
		hears(a.t, call, promptPitch, 500*time.Millisecond)
	}
	<-time.After(length - min(length, time.Since(began)))
	a.hangUpAll(calls)
	for _, c := range connections {
		if why := c.ended(); why.Code != 200 {
			a.t.Errorf("CallDisconnected says %v", why)
		}
	}
}

// hangUpAll ends all calls at once, after asking what was heard last.
func (a *agent) hangUpAll(calls []*siptest.Call) {
	a.t.Helper()
	problems := make(chan error, len(calls))
	var work sync.WaitGroup
	for n, call := range calls {
		work.Go(func() {
			heard := call.Heard()
			if last := heard[max(0, len(heard)-phoneRate/2):]; !audiotest.ContainsTone(last, phoneRate, promptPitch, 100*time.Millisecond) {
				problems <- fmt.Errorf("call %d (%s) last heard %s, of %d samples in all; it was answered with\n%s",
					n, call.ID, audiotest.Describe(last, phoneRate), len(heard), call.Final().Body)
			}
			if err := call.Hangup(within(a.t, 10*time.Second)); err != nil {
				problems <- fmt.Errorf("call %d: %w", n, err)
			}
		})
	}
	work.Wait()
	close(problems)
	for err := range problems {
		a.t.Error(err)
	}
}
