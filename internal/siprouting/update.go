package siprouting

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/switchhook/switchhook/internal/rest"
)

// patch is a merge-patch of the configuration. Routes are a list, and so
// replaced as a whole.
type patch struct {
	Domains rest.Patch[rest.Members[domainPatch]] `json:"domains"`
	Trunks  rest.Patch[rest.Members[trunkPatch]]  `json:"trunks"`
	Routes  rest.Patch[[]routeText]               `json:"routes"`
}

type domainPatch struct {
	Enabled rest.Patch[bool] `json:"enabled"`
}

type trunkPatch struct {
	Port    rest.Patch[int]    `json:"sipSignalingPort"`
	Enabled rest.Patch[bool]   `json:"enabled"`
	StepOut rest.Patch[bool]   `json:"stepOutOfSignaling"`
	Privacy rest.Patch[string] `json:"privacyHeader"`
	Family  rest.Patch[string] `json:"ipAddressVersion"`
}

// routeText is a route as clients write it; null is absent.
type routeText struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Pattern     string   `json:"numberPattern"`
	Trunks      []string `json:"trunks"`
	CallerID    string   `json:"callerIdOverride"`
}

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
	a.renewed()
	return a.show(w, r, next, false)
}

// apply makes the plan that a patch asks for, keeps it and puts it in force.
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
	if asked.Routes.Sent {
		next.routes = routesOf(asked.Routes.Value)
		if err := checkRoutes(next.routes); err != nil {
			return plan{}, err
		}
	}
	if err := next.check(now); err != nil {
		return plan{}, err
	}
	return next, a.commit(ctx, now, next, asked)
}

// empty reports whether a patch changes nothing, which the real service refuses.
func (p patch) empty() bool {
	return !p.Routes.Sent && !p.Trunks.Null && !p.Domains.Null && len(p.Trunks.Value)+len(p.Domains.Value) == 0
}

// commit puts a plan into the table and then into the store. Where it cannot be
// stored, the table goes back to what it was.
func (a *API) commit(ctx context.Context, now, next plan, asked patch) error {
	set, err := a.set(ctx)
	if err != nil {
		return err
	}
	set.Domains = next.domains
	if asked.Trunks.Sent {
		set.Trunks = append([]sbc{}, next.trunks...)
	}
	if asked.Routes.Sent {
		set.Routes = append([]route{}, next.routes...)
	}
	if err := a.enforce(next); err != nil {
		return fmt.Errorf("put trunks and routes in force: %w", err)
	}
	if err := a.saved.Put(ctx, record, set); err != nil {
		if undo := a.enforce(now); undo != nil {
			a.cfg.Log.Error("trunks and routes are in force that are not stored", "error", undo)
		}
		return fmt.Errorf("keep trunks and routes: %w", err)
	}
	return nil
}

// patchTrunks applies the patch's trunks: null removes, a new name adds.
func (a *API) patchTrunks(now plan, asked rest.Patch[rest.Members[trunkPatch]]) ([]sbc, error) {
	if asked.Null {
		return nil, nil
	}
	next := plan{trunks: slices.Clone(now.trunks)}
	for _, member := range asked.Value {
		at := next.trunkAt(member.Name)
		if member.Null {
			if at >= 0 {
				next.trunks = slices.Delete(next.trunks, at, at+1)
			}
			continue
		}
		if at < 0 {
			at = len(next.trunks)
			next.trunks = append(next.trunks, sbc{Name: member.Name})
		}
		if err := a.patchTrunk(&next.trunks[at], member.Value); err != nil {
			return nil, err
		}
	}
	return next.trunks, nil
}

func (a *API) patchTrunk(t *sbc, asked trunkPatch) error {
	if _, known := a.configured(t.Name); !known && !validHost(t.Name) {
		return refuse("InvalidTrunkFqdn", "Trunk with an invalid FQDN. %.100q is neither a host name with a dot nor the name of a trunk in the configuration file.", t.Name)
	}
	t.Port = asked.Port.Change(t.Port)
	if t.Port < 1 || t.Port > 65535 {
		return refuse("InvalidTrunkSipSignalingPort", "Trunk with an invalid SIP signaling port. %s has %d; it must be 1 to 65535.", t.Name, t.Port)
	}
	if asked.Enabled.Sent {
		t.Off = !asked.Enabled.Value && !asked.Enabled.Null // null is the default, enabled
	}
	return asked.unoffered(t.Name)
}

// patchDomains applies the patch's domains.
func (a *API) patchDomains(now plan, asked rest.Patch[rest.Members[domainPatch]]) ([]domain, error) {
	if asked.Null {
		return nil, nil
	}
	next := plan{domains: slices.Clone(now.domains)}
	for _, member := range asked.Value {
		at := next.domainAt(member.Name)
		if member.Null {
			if at >= 0 {
				next.domains = slices.Delete(next.domains, at, at+1)
			}
			continue
		}
		if !validHost(member.Name) {
			return nil, refuse("InvalidDomain", "Domain with an invalid name. %.100q is not a domain name such as example.com.", member.Name)
		}
		if at < 0 {
			at = len(next.domains)
			next.domains = append(next.domains, domain{Name: member.Name})
		}
		if enabled := member.Value.Enabled; enabled.Sent {
			next.domains[at].Off = !enabled.Value && !enabled.Null
		}
	}
	return next.domains, nil
}

func routesOf(texts []routeText) []route {
	list := make([]route, 0, len(texts))
	for _, t := range texts {
		list = append(list, route{Name: t.Name, Description: t.Description, Pattern: t.Pattern, Trunks: t.Trunks, CallerID: t.CallerID})
	}
	return list
}
