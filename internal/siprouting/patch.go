package siprouting

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// patch is a merge-patch of the configuration. Routes are a list, and so
// replaced as a whole. Null for trunks or routes takes back what the API has
// set, so that the configuration file is in force again.
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

// What privacyHeader may be.
const (
	privacyID   = "ID"
	privacyNone = "None"
)

// routeText is a route as clients write it; null is absent.
type routeText struct {
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Pattern     string   `json:"numberPattern"`
	Trunks      []string `json:"trunks"`
	CallerID    string   `json:"callerIdOverride"`
}

// empty reports whether a patch changes nothing, which the real service refuses.
func (p patch) empty() bool {
	return !p.Routes.Sent && !p.Trunks.Null && !p.Domains.Null && len(p.Trunks.Value)+len(p.Domains.Value) == 0
}

// patchTrunks applies the patch's trunks: null removes one, a new name adds.
func (a *API) patchTrunks(now plan, asked rest.Patch[rest.Members[trunkPatch]]) ([]sbc, error) {
	if asked.Null {
		return a.file.trunks, nil
	}
	if len(asked.Value) > 2*maxListed { // all that can be removed, and as many new ones
		return nil, tooMany("TooManyTrunks", "trunks", len(asked.Value))
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
	if _, known := a.configured(t.Name); !known && a.cfg.FileTrunksOnly {
		return refuse("InvalidTrunkFqdn", "Trunk with an invalid FQDN. %.100q is not a trunk of the configuration file, and outbound.file-trunks-only is true.", t.Name)
	}
	t.Port = asked.Port.Change(t.Port)
	if t.Port < 1 || t.Port > 65535 {
		return refuse("InvalidTrunkSipSignalingPort", "Trunk with an invalid SIP signaling port. %s has %d; it must be 1 to 65535.", t.Name, t.Port)
	}
	if asked.Enabled.Sent {
		t.Off = !asked.Enabled.Value && !asked.Enabled.Null // null is the default, enabled
	}
	t.Privacy = asked.Privacy.Change(t.Privacy)
	switch { // .NET's SDK of the preview writes both in small letters
	case t.Privacy == "":
	case strings.EqualFold(t.Privacy, privacyID):
		t.Privacy = privacyID
	case strings.EqualFold(t.Privacy, privacyNone):
		t.Privacy = privacyNone
	default:
		return rest.Field("privacyHeader", fault.Invalid("trunk %s: privacyHeader is ID or None, not %.20q", t.Name, t.Privacy))
	}
	return asked.checkUnsupported(t.Name)
}

// patchDomains applies the patch's domains.
func (a *API) patchDomains(now plan, asked rest.Patch[rest.Members[domainPatch]]) ([]domain, error) {
	if asked.Null {
		return nil, nil
	}
	if len(asked.Value) > 2*maxListed {
		return nil, tooMany("TooManyDomains", "domains", len(asked.Value))
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

// patchRoutes replaces the routes where the patch has some.
func (a *API) patchRoutes(now plan, asked rest.Patch[[]routeText]) ([]route, error) {
	switch {
	case asked.Null:
		return a.file.routes, nil
	case !asked.Sent:
		return now.routes, nil
	}
	if len(asked.Value) > maxListed {
		return nil, tooMany("TooManyRoutes", "routes", len(asked.Value))
	}
	routes := routesOf(asked.Value)
	return routes, checkRoutes(routes)
}

func routesOf(texts []routeText) []route {
	list := make([]route, 0, len(texts))
	for _, t := range texts {
		list = append(list, route(t))
	}
	return list
}
