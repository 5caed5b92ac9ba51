package eventgrid

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// storeTimeout bounds a write: nobody may wait for a disk for ever.
const storeTimeout = 10 * time.Second

// records keeps subscriptions by key; a store.Collection does.
type records interface {
	All(ctx context.Context) iter.Seq2[store.Item[Subscription], error]
	Put(ctx context.Context, id string, sub Subscription) error
	Delete(ctx context.Context, id string) error
	Close()
}

// stored reads every subscription.
func (g *Grid) stored() ([]Subscription, error) {
	var all []Subscription
	for item, err := range g.records.All(g.life) {
		if err != nil {
			return nil, fmt.Errorf("read event subscriptions: %w", err)
		}
		all = append(all, item.Value)
	}
	return all, nil
}

// keep stores a subscription. A write that has begun is not cut short by Close.
func (g *Grid) keep(sub Subscription) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.life), storeTimeout)
	defer cancel()
	if err := g.records.Put(ctx, key(sub.Name), sub); err != nil {
		return fmt.Errorf("store event subscription %s: %w", sub.Name, err)
	}
	return nil
}

// forget deletes a stored subscription.
func (g *Grid) forget(name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.life), storeTimeout)
	defer cancel()
	if err := g.records.Delete(ctx, key(name)); err != nil {
		return fmt.Errorf("delete event subscription %s: %w", name, err)
	}
	return nil
}
