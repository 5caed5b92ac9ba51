package delivery

import (
	"errors"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

func TestAttemptListKeepsItsOrder(t *testing.T) {
	var l attemptList
	start := time.Now()
	all := make([]*attempt, 5)
	for i := range all {
		all[i] = &attempt{limit: start.Add(time.Duration(i) * time.Second)}
		l.push(all[i])
	}
	for _, i := range []int{2, 0, 4} {
		all[i].limited.remove(all[i])
		all[i].limited.remove(all[i]) // it is in no list any more
	}
	if a := l.due(start); a != nil {
		t.Errorf("due too early: %+v", a)
	}
	end := start.Add(time.Minute)
	if a, b, c := l.due(end), l.due(end), l.due(end); a != all[1] || b != all[3] || c != nil || l.first != nil || l.last != nil {
		t.Errorf("due are %p, %p, %p of %v", a, b, c, all)
	}
}

// TestEachAttemptHasItsOwnTime: one that began later ends later, whatever else ends in between.
func TestEachAttemptHasItsOwnTime(t *testing.T) {
	silent := &webhooks{answer: func(string, string, int) reply { return reply{after: time.Hour} }}
	p := policies()
	impatient := p["callback"]
	impatient.Timeout, impatient.Late, impatient.Patient = 10*time.Second, 0, nil
	impatient.Retry = func(*Message, Outcome) (time.Duration, bool) { return 0, false }
	p["callback"] = impatient
	runWith(t, Config{Policies: p}, journal.InMemory(), silent, func(e *Engine, _ []journal.Hold) {
		for _, id := range []string{"a", "b", "c"} {
			m := callback("http://app.test/"+id, id)
			m.ID, m.Lane, m.Group = id, id, id
			e.Post(m)
			time.Sleep(3 * time.Second)
		}
		time.Sleep(time.Minute)
		for _, a := range e.Attempts(history.Filter{}, 10) {
			if a.Latency != 10*time.Second || a.Error != notAnswered(10*time.Second).Error() {
				t.Errorf("%s: %s after %s", a.ID, a.Error, a.Latency)
			}
		}
		if n := len(e.Attempts(history.Filter{}, 10)); n != 3 {
			t.Errorf("%d attempts", n)
		}
	})
}

func TestReasonOfTheEndIsThatOfTheScheduler(t *testing.T) {
	sender := errors.New("context canceled")
	if err := whyEnded(notAnswered(time.Second), sender); !errors.Is(err, ErrNotAnswered) {
		t.Errorf("%v", err)
	}
	if err := whyEnded(notAnswered(time.Second), ErrNotSent); !errors.Is(err, ErrNotSent) { // it says nothing of the destination
		t.Errorf("%v", err)
	}
	if err := whyEnded(ErrDeleted, ErrNotSent); err != ErrDeleted {
		t.Errorf("%v", err)
	}
	if err := whyEnded(nil, sender); err != sender {
		t.Errorf("%v", err)
	}
}
