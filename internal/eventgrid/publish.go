package eventgrid

import (
	"sync"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/eventgrid/sender"
)

// Poster delivers messages: a delivery engine.
type Poster interface {
	// Post only queues. It keeps the content of the list that it is given, not the list.
	Post(messages ...delivery.Message)
	// ForgetSubscription forgets whatever waits for the group of that name, and
	// what is known of it.
	ForgetSubscription(name string)
	// EndProbation sends what is held back for the group of that name, since its
	// endpoint has answered.
	EndProbation(name, endpoint string)
}

// publish hands an event to every subscription that takes it and returns how
// many do. It takes no lock: calls publish at once and never wait for each
// other, nor for somebody who changes subscriptions.
func (g *Grid) publish(e event) (matched int) {
	p := newPublication(e, g.topic)
	now := g.cfg.Now()
	g.metrics.published.WithLabelValues(e.kind).Inc()
	g.show(p)
	list := lists.Get().(*[]delivery.Message)
	out := (*list)[:0]
	defer func() { keepList(list, out) }()
	for _, t := range g.view.Load().subscribers {
		if t.expired(now) {
			continue
		}
		takes, evaluated := t.takes(&p.asked)
		if evaluated > 0 {
			t.evaluated.Add(float64(evaluated))
		}
		if !takes {
			continue
		}
		t.matched.Inc()
		body, err := p.body(t.schema)
		if err != nil {
			g.metrics.failed.Inc()
			g.log.Error("event cannot be written and is not published", "type", e.kind, "error", err)
			return 0
		}
		out = append(out, t.message(p, body))
	}
	if len(out) == 0 {
		g.metrics.unmatched.Inc()
		return 0
	}
	g.poster.Post(out...)
	return len(out)
}

// lists are for messages on their way to a Poster.
var lists = sync.Pool{New: func() any { return new([]delivery.Message) }}

// mostListed is how many messages a list that is used again may have room for.
const mostListed = 64

func keepList(list *[]delivery.Message, used []delivery.Message) {
	if cap(used) <= mostListed {
		clear(used)
		*list = used[:0]
		lists.Put(list)
	}
}

// show sends an event to the followers of the tail, whatever subscriptions match.
func (g *Grid) show(p *publication) {
	if g.cfg.Tail == nil || !g.cfg.Tail.HasFollowers() {
		return
	}
	if body, err := p.body(schemaEventGrid); err == nil { // else publish reports why
		g.cfg.Tail.Publish(sender.TailEvent{Time: p.at, ID: p.id, Type: p.kind, Body: body})
	}
}

// batched makes an array of a body where a batch of several could come: a batch
// of one looks like any other.
func (t *subscriber) batched(body []byte) []byte {
	if t.batch.MaxEvents <= 1 || len(body) > 0 && body[0] == '[' {
		return body
	}
	return append(append([]byte{'['}, body...), ']')
}

// message addresses an event to a subscription. Its lane is the call within the
// subscription: one call's events arrive in order, calls side by side.
func (t *subscriber) message(p *publication, body []byte) delivery.Message {
	return delivery.Message{
		ID:     p.id,
		Policy: PolicyName,
		Group:  t.label,
		Lane:   t.label + "/" + p.call,
		URL:    t.endpoint,
		Header: t.headerFor(p), SecretHeaders: t.secret,
		Body:        t.batched(body),
		MaxAttempts: t.retry.MaxAttempts,
		TTL:         t.retry.TimeToLive,
		Note:        p.kind,
		Batch:       t.batch,
		Bearer:      t.bearer,
		PerMinute:   t.rate,
		DeadLetter:  t.dead,
		Event:       delivery.Event{Subscription: t.label, Schema: t.schema, Type: p.kind, Time: p.at},
	}
}
