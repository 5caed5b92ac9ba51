package permit

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestCallsAtOnce asks that a place is free again when a call is over, and once.
func TestCallsAtOnce(t *testing.T) {
	r := rules(t, Guard{Name: "two", Concurrent: 2, Prefixes: []string{"+33"}})
	first, err := allow(r, to("+331"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := allow(r, to("+332")); err != nil {
		t.Fatal(err)
	}
	if _, err := allow(r, to("+333")); !fault.Is(err, fault.KindThrottled) || !strings.Contains(err.Error(), "two") {
		t.Errorf("a third: %v", err)
	}
	if _, err := allow(r, to("+441234567890")); err != nil {
		t.Errorf("another country: %v", err)
	}
	first()
	first()
	if _, err := allow(r, to("+333")); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	if _, err := allow(r, to("+334")); err == nil {
		t.Error("releasing twice made two places")
	}
}

// TestCallsAMinute asks for the limit in every minute, and for the time to wait.
func TestCallsAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rules(t, Guard{Name: "slow", PerMinute: 10, Each: true})
		var taken []time.Time
		for range 600 {
			if release, err := allow(r, to("+33155501234")); err == nil {
				release()
				taken = append(taken, time.Now())
			} else if wait := fault.Of(err).RetryAfter; wait <= 0 || wait > 61*time.Second {
				t.Fatalf("wait is %s", wait)
			}
			time.Sleep(500 * time.Millisecond)
		}
		for i := range taken[10:] {
			if span := taken[i+10].Sub(taken[i]); span < time.Minute {
				t.Errorf("eleven calls in %s", span)
			}
		}
		if len(taken) < 48 { // five minutes
			t.Errorf("%d calls in five minutes", len(taken))
		}
		other := to("+33155501234")
		other.By = SecondaryKey
		if _, err := allow(r, other); err != nil {
			t.Errorf("another key: %v", err)
		}
	})
}

// TestAskersAreBounded asks that strangers cannot make a guard's memory grow.
func TestAskersAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rules(t, Guard{Name: "each", PerMinute: 1, Each: true})
		q := to("+33155501234")
		for i := range maxAskers + 100 {
			q.By = fmt.Sprintf("token:%d", i)
			release, err := allow(r, q)
			if (err == nil) != (i < maxAskers) {
				t.Fatalf("asker %d: %v", i, err)
			}
			if err == nil {
				release()
			}
		}
		time.Sleep(2 * time.Minute)
		if _, err := allow(r, q); err != nil {
			t.Errorf("after those who are idle could be forgotten: %v", err)
		}
		if n := r.guards[0].each.Len(time.Now()); n != 1 {
			t.Errorf("%d askers are remembered", n)
		}
	})
}

// TestTrunkLimitsHoldInBothDirections asks for max-calls in both directions together, and for
// calls-per-second.
func TestTrunkLimitsHoldInBothDirections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rules(t)
		list, _ := r.trunks.Route("+15551230001")
		strict, some := list[1], list[2]
		off, err := r.AdmitInbound(strict)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.AdmitOutbound(strict, to("+331")); err != nil {
			t.Fatal(err)
		}
		if _, err := r.AdmitInbound(strict); !fault.Is(err, fault.KindBusy) || !strings.Contains(err.Error(), "max-calls") {
			t.Errorf("a third: %v", err)
		}
		if load := r.Load("strict"); load.Inbound != 1 || load.Outbound != 1 || load.Refused == "" {
			t.Errorf("load is %+v", load)
		}
		off()
		if _, err := r.AdmitInbound(strict); err != nil {
			t.Error(err)
		}
		for i := range 4 {
			if _, err := r.AdmitInbound(some); (err == nil) != (i < 3) {
				t.Errorf("call %d in a second: %v", i, err)
			}
		}
		time.Sleep(1100 * time.Millisecond)
		if _, err := r.AdmitInbound(some); err != nil {
			t.Error(err)
		}
		if got := r.Refused(); got["max-calls"] != 1 || got["calls-per-second"] != 1 {
			t.Errorf("refused %v", got)
		}
	})
}

// TestManyAtOnce asks that a limit holds whoever comes at the same time.
func TestManyAtOnce(t *testing.T) {
	r := rules(t, Guard{Name: "five", Concurrent: 5})
	var work sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 50 {
		work.Go(func() {
			if _, err := allow(r, to("+33155501234")); err == nil {
				mu.Lock()
				passed++
				mu.Unlock()
			}
		})
	}
	work.Wait()
	if passed != 5 {
		t.Errorf("%d passed", passed)
	}
}

// BenchmarkAllow is what a call costs with ten guards.
func BenchmarkAllow(b *testing.B) {
	var guards []Guard
	for i := range 10 {
		guards = append(guards, Guard{Name: fmt.Sprint(i), Prefixes: []string{"+33"}, Concurrent: 10, PerMinute: maxLimit, Each: true})
	}
	table, _ := trunk.NewTable([]trunk.Trunk{{Name: "a", Host: "192.0.2.1"}}, nil)
	r, err := New(Config{Numbers: numbers, Trunks: table, Guards: guards})
	if err != nil {
		b.Fatal(err)
	}
	q := to("+33155501234")
	b.ReportAllocs()
	for b.Loop() {
		release, err := allow(r, q)
		if err == nil {
			release()
		}
	}
}
