package eventgrid

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// put creates or updates a subscription and starts its handshake. want is given
// the settings wanted so far (nil for none) and returns those wanted now. A
// destination that needs no handshake has to be there.
func (g *Grid) put(name string, want func(*Settings) (Settings, error)) (Subscription, error) {
	if err := g.foresee(name, want); err != nil {
		return Subscription{}, err
	}
	return g.set(name, want)
}

// set is put without the question whether the destination is there.
func (g *Grid) set(name string, want func(*Settings) (Settings, error)) (Subscription, error) {
	g.admin.Lock()
	defer g.admin.Unlock()
	if g.life.Err() != nil {
		return Subscription{}, fault.Busy(time.Second, "the server is stopping")
	}
	sub, exists := g.view.Load().find(name)
	if have := len(g.view.Load().names); !exists && have >= g.cfg.MaxSubscriptions {
		return Subscription{}, fault.Conflict("this resource has %d event subscriptions, which is the limit; delete one first", have).WithCode("QuotaExceeded")
	}
	var former *Settings
	if exists {
		former = &sub.Wanted
	}
	wanted, err := want(former)
	if err != nil {
		return Subscription{}, err
	}
	next := updating
	if !exists {
		sub, next = Subscription{Name: name, Created: g.cfg.Now()}, creating
	}
	sub.Wanted = wanted
	if err := g.begin(sub, next); err != nil {
		return Subscription{}, err
	}
	sub, _ = g.view.Load().find(name)
	return sub, nil
}

// foresee asks whether the destination that will be wanted is there. It takes
// its time, and therefore no lock: want is asked once more for what counts.
func (g *Grid) foresee(name string, want func(*Settings) (Settings, error)) error {
	var former *Settings
	if sub, exists := g.view.Load().find(name); exists {
		former = &sub.Wanted
	}
	wanted, err := want(former)
	if err != nil {
		return err
	}
	return g.reach(wanted)
}

// remove deletes a subscription, with whatever waits to be delivered to it, and
// reports whether there was one.
func (g *Grid) remove(name string) (bool, error) {
	g.admin.Lock()
	defer g.admin.Unlock()
	sub, exists := g.view.Load().find(name)
	if !exists {
		return false, nil
	}
	return true, g.discard(sub)
}

// discard deletes a subscription and tells its webhook. The caller holds admin.
func (g *Grid) discard(sub Subscription) error {
	former := g.view.Load().byKey[key(sub.Name)].subscriber
	if err := g.forget(sub.Name); err != nil {
		return err
	}
	g.stop(key(sub.Name))
	g.replaceView(g.view.Load().without(key(sub.Name)))
	g.poster.ForgetSubscription(sub.label())
	g.metrics.forget(sub.label())
	g.log.Info("event subscription deleted", "subscription", sub.Name)
	g.tellDeletion(sub, former)
	return nil
}
