package eventgrid

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/fault"
)

// Declared is a subscription that the configuration asks for.
type Declared struct {
	Name    string
	request settingsRequest
}

// Declare checks a subscription of the configuration. properties are those of
// ARM's EventSubscription, as JSON; what is wrong with them is fault.Invalid or
// fault.Unsupported. to are the destinations that the configuration allows.
func Declare(name string, properties []byte, to Destinations) (Declared, error) {
	d := Declared{Name: name}
	if err := checkName(name); err != nil {
		return d, err
	}
	if err := json.Unmarshal(properties, &d.request); err != nil {
		return d, fault.Invalid("event subscription %s: %s", name, err)
	}
	// Where dead letters may go, and who makes tokens, is known once the server runs.
	_, err := d.request.settings(rules{
		now: time.Now(), knowsTenant: func(string) bool { return true },
		deadLetter: func(string, string) (string, error) { return "", nil }, to: to,
	})
	return d, err
}

// String keeps secrets out of logs.
func (d Declared) String() string { return d.Name }

// redeclare is how long a declared subscription whose endpoint did not consent
// waits for the next handshake.
var redeclare = backoff.Exponential{First: 2 * time.Second, Longest: 5 * time.Minute}

// firstOffers is how long Apply waits for destinations that need no handshake.
const firstOffers = 2 * time.Second

// Apply makes the subscriptions that the configuration asks for, and updates
// those that are different; it deletes none. It returns once those that need no
// handshake have been tried, so that a server that is ready has them: within two
// seconds. What fails is logged and tried again until it succeeds, somebody else
// changes that subscription, or the Grid is closed.
func (g *Grid) Apply(all []Declared) {
	tried := make(chan struct{}, len(all))
	if !g.begins(all, tried) {
		return
	}
	late := time.NewTimer(firstOffers)
	defer late.Stop()
	for range all {
		select {
		case <-tried:
		case <-late.C:
			return
		}
	}
}

// begins starts to apply, unless the Grid is closed. Of each subscription is told once that
// Apply need not wait for it any more.
func (g *Grid) begins(all []Declared, tried chan<- struct{}) bool {
	g.admin.Lock()
	defer g.admin.Unlock()
	if g.life.Err() != nil {
		return false
	}
	for _, d := range all {
		g.work.Go(func() { g.apply(d, sync.OnceFunc(func() { tried <- struct{}{} })) })
	}
	return true
}

func (g *Grid) apply(d Declared, tried func()) {
	defer tried()
	wanted, err := d.request.settings(g.rules())
	if err != nil {
		g.log.Error("event subscription of the configuration is invalid", "subscription", d.Name, "error", err)
		return
	}
	if wanted.isWebhook() {
		tried()
	}
	for failures := 1; ; failures++ {
		problem, placed := g.offer(d.Name, wanted)
		tried()
		if problem == "" || g.life.Err() != nil {
			return
		}
		wait := redeclare.Delay(failures)
		g.log.Warn("event subscription of the configuration is not active yet", "subscription", d.Name, "endpoint", wanted.shown(), "problem", problem, "again", wait)
		if !backoff.Wait(g.life, wait) {
			return
		}
		if sub, exists := g.view.Load().find(d.Name); exists && placed && !sameSettings(sub.Wanted, wanted) {
			g.log.Info("event subscription of the configuration was changed through the API", "subscription", d.Name)
			return
		}
	}
}

// offer starts the handshake of a declared subscription if it needs one and
// waits for its end. It returns what is wrong, "" if nothing is, and whether
// the subscription has those settings now.
func (g *Grid) offer(name string, wanted Settings) (problem string, placed bool) {
	sub, exists := g.view.Load().find(name)
	if !exists || !sameSettings(sub.Wanted, wanted) || sub.State == failed {
		if _, err := g.put(name, func(*Settings) (Settings, error) { return wanted, nil }); err != nil {
			return err.Error(), false
		}
	}
	return g.outcomeOf(g.life, name), true
}

// outcomeOf waits until no handshake of a subscription is under way.
func (g *Grid) outcomeOf(ctx context.Context, name string) string {
	for {
		v := g.view.Load()
		sub, exists := v.find(name)
		switch {
		case !exists:
			return "it was deleted"
		case sub.State.ended():
			return sub.Problem
		}
		select {
		case <-v.replaced:
		case <-ctx.Done():
			return fmt.Sprint(context.Cause(ctx))
		}
	}
}

// sameSettings compares settings as they are stored.
func sameSettings(a, b Settings) bool {
	one, err1 := json.Marshal(a)
	two, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(one, two)
}
