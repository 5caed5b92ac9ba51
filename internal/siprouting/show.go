package siprouting

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// wirePlan is a plan as the API shows it.
type wirePlan struct {
	Domains *object     `json:"domains,omitempty"`
	Trunks  object      `json:"trunks"`
	Routes  []wireRoute `json:"routes"`
}

type wireTrunk struct {
	Port    int         `json:"sipSignalingPort"`
	Enabled *bool       `json:"enabled,omitempty"`
	Privacy string      `json:"privacyHeader,omitempty"`
	Health  *wireHealth `json:"health,omitempty"`
}

type wireDomain struct {
	Enabled bool `json:"enabled"`
}

type wireRoute struct {
	Description string   `json:"description,omitempty"`
	Name        string   `json:"name"`
	Pattern     string   `json:"numberPattern"`
	Trunks      []string `json:"trunks"`
	CallerID    string   `json:"callerIdOverride,omitempty"`
}

// object is a JSON object whose members keep their order: clients show trunks
// in the order in which they were set.
type object []property

type property struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, p := range o {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// firstPreview is the first api-version known to have domains and enabled.
const firstPreview = "2023-04-01-preview"

// preview reports whether a request asks for an api-version that has more than
// the stable one. Stable answers hold exactly the stable members, since clients
// compare what they get with what they set.
func preview(r *http.Request) bool {
	version := rest.APIVersion(r.Context())
	return strings.Contains(version, "-preview") && version >= firstPreview
}

// get answers with everything.
func (a *API) get(w http.ResponseWriter, r *http.Request) error {
	health := false
	for name, values := range r.URL.Query() {
		if !strings.EqualFold(name, "expand") || values[0] == "" {
			continue
		}
		if !strings.EqualFold(values[0], "trunks/health") {
			return rest.Field("expand", fault.Invalid("expand can be trunks/health, not %.50q", values[0]))
		}
		health = true
	}
	return a.show(w, r, a.current(), health)
}

func (a *API) show(w http.ResponseWriter, r *http.Request, p plan, health bool) error {
	more := preview(r)
	out := wirePlan{Trunks: object{}, Routes: wireRoutes(p.routes, more)}
	for _, t := range p.trunks {
		shown := wireTrunk{Port: t.Port}
		if more {
			enabled := !t.Off
			shown.Enabled, shown.Privacy = &enabled, t.Privacy
		}
		if more && health {
			shown.Health = a.cfg.Health.Health(t.Name).wire()
		}
		out.Trunks = append(out.Trunks, property{t.Name, shown})
	}
	if more {
		out.Domains = &object{}
		for _, d := range p.domains {
			*out.Domains = append(*out.Domains, property{d.Name, wireDomain{!d.Off}})
		}
	}
	return rest.WriteJSON(w, http.StatusOK, out)
}

func wireRoutes(routes []route, more bool) []wireRoute {
	list := make([]wireRoute, 0, len(routes))
	for _, r := range routes {
		shown := wireRoute{Description: r.Description, Name: r.Name, Pattern: r.Pattern, Trunks: append([]string{}, r.Trunks...)}
		if more {
			shown.CallerID = r.CallerID
		}
		list = append(list, shown)
	}
	return list
}
