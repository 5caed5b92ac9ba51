package siprouting

import (
	"cmp"
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/trunk"
)

// sbc is a trunk as the API sees it: a session border controller by its name,
// which for trunks that the configuration file does not have is its host.
type sbc struct {
	Name string `json:"name"`
	Port int    `json:"port"`
	Off  bool   `json:"off,omitempty"` // enabled: false; no calls either way
	// Privacy is ID, where callers are hidden, or None; "" is what the
	// configuration file says.
	Privacy string `json:"privacy,omitempty"`
}

// route sends the numbers that match its pattern through trunks.
type route struct {
	Name        string   `json:"name"`
	Description string   `json:"description,omitempty"`
	Pattern     string   `json:"pattern"`
	Trunks      []string `json:"trunks,omitempty"`
	CallerID    string   `json:"callerId,omitempty"` // shown instead of the caller's number
}

// domain is a parent of trunks' hosts that can be switched off as a whole.
type domain struct {
	Name string `json:"name"`
	Off  bool   `json:"off,omitempty"`
}

// plan is a configuration of trunks, routes and domains, in the order in which the
// API shows them. Its lists are immutable.
type plan struct {
	domains []domain
	trunks  []sbc
	routes  []route
}

// planOf shows what the configuration file says as the API does.
func planOf(trunks []trunk.Trunk, routes []trunk.Route) plan {
	var p plan
	for _, t := range trunks {
		p.trunks = append(p.trunks, sbc{Name: t.Name, Port: portOf(t)})
	}
	for _, r := range routes {
		// The API knows no empty pattern.
		p.routes = append(p.routes, route{Name: r.Name, Pattern: cmp.Or(r.Pattern, ".*"), Trunks: r.Trunks})
	}
	return p
}

// portOf is the port that a trunk's calls go to where its settings leave it out.
func portOf(t trunk.Trunk) int {
	switch {
	case t.Port != 0:
		return t.Port
	case t.Transport == trunk.TLS:
		return 5061
	}
	return 5060
}

// with puts what the API has set over a plan.
func (p plan) with(set changes) plan {
	p.domains = set.Domains
	if set.Trunks != nil {
		p.trunks = set.Trunks
	}
	if set.Routes != nil {
		p.routes = set.Routes
	}
	return p
}

// sameName compares hosts, whose case does not count.
func sameName(a, b string) bool { return strings.EqualFold(a, b) }

func (p plan) trunkAt(name string) int {
	return slices.IndexFunc(p.trunks, func(t sbc) bool { return sameName(t.Name, name) })
}

func (p plan) domainAt(name string) int {
	return slices.IndexFunc(p.domains, func(d domain) bool { return sameName(d.Name, name) })
}

// within reports whether a host is a domain or lies below it.
func within(host, domain string) bool {
	return sameName(host, domain) || len(host) > len(domain) && sameName(host[len(host)-len(domain)-1:], "."+domain)
}

// inUse reports whether calls may go through a trunk: it and its nearest domain
// are enabled.
func (p plan) inUse(t sbc) bool {
	nearest := domain{}
	for _, d := range p.domains {
		if within(t.Name, d.Name) && len(d.Name) > len(nearest.Name) {
			nearest = d
		}
	}
	return !t.Off && !nearest.Off
}

// reference is a route's mention of a trunk.
type reference struct{ route, trunk string }

// danglingReferences lists the mentions of trunks that do not exist.
func (p plan) danglingReferences() (missing []reference) {
	for _, r := range p.routes {
		for _, name := range r.Trunks {
			if p.trunkAt(name) < 0 {
				missing = append(missing, reference{r.Name, name})
			}
		}
	}
	return missing
}
