package delivery

import (
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// resume schedules what was recovered, each lane in its own order.
func (e *Engine) resume(messages []*journal.Record) {
	dropped := 0
	for _, record := range messages {
		j := jobOf(record)
		if e.orphaned(&j.msg) {
			j.silent = true
			e.finish(j, history.Dropped, whyDeleted)
			dropped++
			continue
		}
		e.admit(j)
	}
	if dropped > 0 {
		e.log.Info("events of deleted subscriptions are dropped", "events", dropped)
	}
}

// orphaned reports whether a recovered event's subscription is no more: a process
// may die between a deletion and the journal's next page. Its dead letters stay.
func (e *Engine) orphaned(m *Message) bool {
	return e.cfg.Subscribed != nil && m.isEvent() && !e.cfg.Subscribed(m.Event.Subscription)
}
