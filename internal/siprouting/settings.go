package siprouting

import (
	"slices"

	"github.com/switchhook/switchhook/internal/trunk"
)

// settings turns a plan into what the table needs. A trunk that the
// configuration file has keeps its settings from there, but for the port; any
// other is reached by TLS at its own name, as the real service does it.
func (a *API) settings(p plan) ([]trunk.Trunk, []trunk.Route) {
	var trunks []trunk.Trunk
	for _, t := range p.trunks {
		if !p.inUse(t) {
			continue
		}
		full := trunk.Trunk{Name: t.Name, Host: t.Name, Transport: trunk.TLS, CallerIDs: trunk.CallerIDs{Any: true}}
		if known, ok := a.configured(t.Name); ok {
			full = known
		}
		if full.Port != 0 || t.Port != portOf(full) { // without a port a name is looked up as a service
			full.Port = t.Port
		}
		if t.Privacy != "" {
			full.Shown.Private = t.Privacy == privacyID
		}
		trunks = append(trunks, full)
	}
	var routes []trunk.Route
	for _, r := range p.routes {
		routes = append(routes, trunk.Route{Name: r.Name, Pattern: r.Pattern, Trunks: namesOf(trunks, r.Trunks)})
	}
	return trunks, routes
}

// namesOf finds the trunks that a route mentions, as they write themselves;
// those that are out of use are left out.
func namesOf(trunks []trunk.Trunk, mentioned []string) (names []string) {
	for _, name := range mentioned {
		if i := slices.IndexFunc(trunks, func(t trunk.Trunk) bool { return sameName(t.Name, name) }); i >= 0 {
			names = append(names, trunks[i].Name)
		}
	}
	return names
}

// configured finds a trunk of the configuration file.
func (a *API) configured(name string) (trunk.Trunk, bool) {
	i := slices.IndexFunc(a.cfg.Trunks, func(t trunk.Trunk) bool { return sameName(t.Name, name) })
	if i < 0 {
		return trunk.Trunk{}, false
	}
	return a.cfg.Trunks[i], true
}
