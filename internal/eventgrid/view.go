package eventgrid

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/delivery"
)

// view is the subscriptions at one moment. It is never changed once made, so
// any goroutine may read it without a lock.
type view struct {
	byKey       map[string]entry
	names       []string      // the keys, sorted
	subscribers []*subscriber // those that consented, by name

	metrics  *metrics      // of the Grid
	replaced chan struct{} // closed when another view takes this one's place
}

// entry is a subscription with what publishing needs of it.
type entry struct {
	Subscription
	subscriber *subscriber // nil before the first consent
}

func newView(all []Subscription, m *metrics) *view {
	byKey := make(map[string]entry, len(all))
	for _, sub := range all {
		byKey[key(sub.Name)] = entry{sub, newSubscriber(sub, m)}
	}
	return viewOf(byKey, m)
}

func viewOf(byKey map[string]entry, m *metrics) *view {
	v := &view{byKey: byKey, names: slices.Sorted(maps.Keys(byKey)), metrics: m, replaced: make(chan struct{})}
	for _, k := range v.names {
		if t := byKey[k].subscriber; t != nil {
			v.subscribers = append(v.subscribers, t)
		}
	}
	return v
}

// replaceView puts a view in the place of the present one. The caller holds admin.
func (g *Grid) replaceView(v *view) {
	if former := g.view.Swap(v); former != nil {
		close(former.replaced)
	}
	g.scheduleExpiry(v)
}

// find returns the subscription of a name, in any case.
func (v *view) find(name string) (Subscription, bool) {
	e, exists := v.byKey[key(name)]
	return e.Subscription, exists
}

// with returns a view in which sub is new, or in the place of its former self.
func (v *view) with(sub Subscription) *view {
	byKey := maps.Clone(v.byKey)
	byKey[key(sub.Name)] = entry{sub, newSubscriber(sub, v.metrics)}
	return viewOf(byKey, v.metrics)
}

// without returns a view that lacks a subscription.
func (v *view) without(name string) *view {
	byKey := maps.Clone(v.byKey)
	delete(byKey, key(name))
	return viewOf(byKey, v.metrics)
}

// subscriber is a subscription that consented, with what publishing needs of it.
type subscriber struct {
	matcher
	label    string
	endpoint string
	schema   string
	retry    Retry
	expires  time.Time
	header   map[string]string // shared by all its messages, never changed
	secret   []string          // names of those headers whose values are secret
	dynamic  []dynamicHeader   // what each event adds to it
	batch    delivery.Batch
	bearer   delivery.Bearer
	rate     int    // requests a minute; 0: any number
	dead     string // URL of the store of dead letters, "" for none

	matched, evaluated prometheus.Counter
}

// newSubscriber returns nil for a subscription that never consented.
func newSubscriber(sub Subscription, m *metrics) *subscriber {
	if sub.Active == nil {
		return nil
	}
	header := sub.Active.ownHeader()
	maps.Copy(header, notificationHeader(sub.label(), sub.Active.schema(), sub.Active.Batch.on()))
	return &subscriber{
		matcher:  sub.Active.Filter.compile(sub.Active.ArrayFilters),
		label:    sub.label(),
		endpoint: sub.Active.Endpoint,
		schema:   sub.Active.schema(),
		retry:    sub.Active.Retry,
		expires:  sub.Active.Expires,
		header:   header,
		secret:   sub.Active.secretHeaders(),
		dynamic:  dynamicHeaders(sub.Active.Attributes),
		batch:    sub.Active.Batch.of(sub.label()),
		bearer:   sub.Active.Entra.bearer(),
		rate:     sub.PerMinute,
		dead:     sub.Active.DeadLetter.URL,

		matched:   m.matched.WithLabelValues(sub.label()),
		evaluated: m.evaluated.WithLabelValues(sub.label()),
	}
}

// expired reports whether the subscription's time is over.
func (t *subscriber) expired(now time.Time) bool {
	return !t.expires.IsZero() && !now.Before(t.expires)
}
