package cdr

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Path is where the records are asked for. Azure has none for these.
const Path = "/admin/calls"

const (
	usualPage = 100
	maxPage   = 1000
	maxAbout  = 256 // bytes of a search
)

// Register adds the routes.
func (k *Keeper) Register(rt *rest.Router) {
	rt.Handle(http.MethodGet, Path, k.serve)
}

// answer is a page of records, the newest first.
type answer struct {
	Value    []json.RawMessage `json:"value"`
	NextLink string            `json:"nextLink,omitempty"`
}

// serve answers GET /admin/calls?about=…&since=…&until=…&failed=true.
func (k *Keeper) serve(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualPage, maxPage)
	if err != nil {
		return err
	}
	q := Query{Limit: page.Size, Token: page.Token}
	values := r.URL.Query()
	if q.About = values.Get("about"); len(q.About) > maxAbout {
		return rest.Field("about", fault.Invalid("about may have %d bytes", maxAbout))
	}
	for name, to := range map[string]*time.Time{"since": &q.Since, "until": &q.Until} {
		text := values.Get(name)
		if text == "" {
			continue
		}
		if *to, err = time.Parse(time.RFC3339, text); err != nil {
			return rest.Field(name, fault.Invalid("%s must be a time such as 2026-01-31T08:00:00Z", name))
		}
	}
	switch values.Get("failed") {
	case "", "false":
	case "true":
		q.Failed = true
	default:
		return rest.Field("failed", fault.Invalid("failed must be true or false"))
	}
	found, err := k.Search(r.Context(), q)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, answer{found.Records, rest.NextLink(r, found.Next)})
}
