package siprouting

import (
	"slices"
	"time"

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
		full, known := a.configured(t.Name)
		if !known && a.cfg.FileTrunksOnly {
			continue // stored before the operator forbade it
		}
		if !known {
			full = a.foreign(t.Name)
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

// pingEvery is how often a trunk that an application named is asked whether it is there.
const pingEvery = time.Minute

// foreign is a trunk that an application named. One at the host of a trunk of the
// configuration file obeys that trunk's settings, but nobody calls in as it by
// credentials, and it is not registered twice.
func (a *API) foreign(name string) trunk.Trunk {
	for _, t := range a.cfg.Trunks {
		if trunk.SameHost(name, t.Host) || trunk.SameHost(name, t.Domain) {
			t.Name, t.Foreign, t.Allow = name, true, a.cfg.Allow
			t.InboundUsername, t.InboundPassword, t.Register = "", "", nil
			return t
		}
	}
	return trunk.Trunk{
		Name: name, Host: name, Transport: trunk.TLS, SRTP: trunk.Optional, // controllers that are set up for ACS insist on SRTP
		CallerIDs: trunk.CallerIDs{Any: true}, Ping: pingEvery, Foreign: true, Allow: a.cfg.Allow,
	}
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
