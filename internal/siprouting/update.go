package siprouting

import (
	"context"
	"fmt"
	"net/http"

	"github.com/switchhook/switchhook/internal/rest"
)

// update changes what a merge-patch names and answers with everything.
func (a *API) update(w http.ResponseWriter, r *http.Request) error {
	asked, err := rest.DecodePatch[patch](r)
	if err != nil {
		return err
	}
	next, err := a.apply(r.Context(), asked)
	if err != nil {
		return err
	}
	if asked.Trunks.Sent || asked.Domains.Sent {
		a.hostsChanged.Set()
	}
	return a.show(w, r, next, false)
}

// apply makes the plan that a patch asks for, activates it and stores it.
func (a *API) apply(ctx context.Context, asked patch) (plan, error) {
	if asked.empty() {
		return plan{}, refuse("EmptyPatch", "Patch with no data provided.")
	}
	a.change.Lock()
	defer a.change.Unlock()
	now := a.current()
	next := now
	var err error
	if next.domains, err = a.patchDomains(now, asked.Domains); err != nil {
		return plan{}, err
	}
	if next.trunks, err = a.patchTrunks(now, asked.Trunks); err != nil {
		return plan{}, err
	}
	if next.routes, err = a.patchRoutes(now, asked.Routes); err != nil {
		return plan{}, err
	}
	if err := next.check(now); err != nil {
		return plan{}, err
	}
	return next, a.commit(ctx, now, next, asked)
}

// commit puts a plan into the table and then into the store. Where it cannot be
// stored, the table goes back to what it was.
func (a *API) commit(ctx context.Context, now, next plan, asked patch) error {
	set, err := a.storedChanges(ctx)
	if err != nil {
		return err
	}
	set.Domains = next.domains
	if asked.Trunks.Sent {
		set.Trunks = append([]sbc{}, next.trunks...)
	}
	if asked.Trunks.Null {
		set.Trunks = nil
	}
	if asked.Routes.Sent {
		set.Routes = append([]route{}, next.routes...)
	}
	if asked.Routes.Null {
		set.Routes = nil
	}
	if err := a.activate(next); err != nil {
		return fmt.Errorf("activate trunks and routes: %w", err)
	}
	if err := a.changes.Put(ctx, recordID, set); err != nil {
		if undo := a.activate(now); undo != nil {
			a.cfg.Log.Error("trunks and routes that are in force were not stored", "error", undo)
		}
		return fmt.Errorf("store trunks and routes: %w", err)
	}
	return nil
}
