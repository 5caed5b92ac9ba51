package insight

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Path begins the paths of the API. Its last segment is its version.
const Path = "/admin/insight/v1"

const (
	usualPage = 100
	maxPage   = 1000
	maxAsked  = 256 // bytes of a condition
)

// Register adds the routes.
func (a *API) Register(rt *rest.Router) {
	readers, always := rest.ForReaders(), rest.EvenWhenBusy()
	rt.Handle(http.MethodGet, Path+"/calls", a.listCalls, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}", a.getCall, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/timeline", a.getTimeline, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/events", a.getEvents, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/sip", a.getMessages, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/pcap", a.getPCAP, readers)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/bundle", a.getBundle, readers)
	rt.Handle(http.MethodPost, Path+"/calls/{id}:capture", a.beginCapture)
	rt.Handle(http.MethodGet, Path+"/calls/{id}/sound", a.getSound)
	rt.Handle(http.MethodGet, Path+"/wait", a.wait, readers, always)
	rt.Handle(http.MethodGet, Path+"/follow", a.follow, readers, always)
	a.deliveryRoutes(rt)
	a.sinkRoutes(rt)
}

// listOf is the answer of a list.
type listOf[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"nextLink,omitempty"`
}

func (a *API) listCalls(w http.ResponseWriter, r *http.Request) error {
	page, err := rest.ReadPage(r, usualPage, maxPage)
	if err != nil {
		return err
	}
	q, err := readQuery(r)
	if err != nil {
		return err
	}
	q.Before, q.Limit = page.Token, page.Size
	found := a.Hub.Search(r.Context(), q)
	return rest.WriteJSON(w, http.StatusOK, listOf[Summary]{found.Calls, rest.NextLink(r, found.Next)})
}

// readQuery reads the conditions of a search.
func readQuery(r *http.Request) (q Query, err error) {
	values := r.URL.Query()
	text := func(name string) string {
		if len(values.Get(name)) > maxAsked && err == nil {
			err = rest.Field(name, fault.Invalid("%s may have %d bytes", name, maxAsked))
		}
		return values.Get(name)
	}
	when := func(name string) (at time.Time) {
		given := values.Get(name)
		if given == "" {
			return at
		}
		at, bad := time.Parse(time.RFC3339, given)
		if bad != nil && err == nil {
			err = rest.Field(name, fault.Invalid("%s must be a time such as 2026-01-31T08:00:00Z", name))
		}
		return at
	}
	number := func(name string) (n float64) {
		given := values.Get(name)
		if given == "" {
			return 0
		}
		n, bad := strconv.ParseFloat(given, 64)
		if (bad != nil || n < 0) && err == nil {
			err = rest.Field(name, fault.Invalid("%s must be a number", name))
		}
		return n
	}
	q = Query{
		About: text("about"), Text: text("text"), Trunk: text("trunk"), State: State(text("state")), Subject: Subject(text("subject")),
		EndCode: int(number("endCode")), Below: number("mosBelow"), Since: when("since"), Until: when("until"),
	}
	if q.Failed, err = readBool(r, "failed", err); err != nil {
		return q, err
	}
	return q, err
}

func readBool(r *http.Request, name string, before error) (bool, error) {
	switch r.URL.Query().Get(name) {
	case "", "false":
		return false, before
	case "true":
		return true, before
	}
	return false, rest.Field(name, fault.Invalid("%s must be true or false", name))
}

// callAnswer is a call with its timeline.
type callAnswer struct {
	Call  Summary `json:"call"`
	Items []Item  `json:"items"`

	Capture *Captured `json:"capture,omitempty"` // of its RTP
}

// timeline is the timeline that a request names.
func (a *API) timeline(r *http.Request) (Summary, []Item, error) {
	call, items, known := a.Hub.Timeline(r.PathValue("id"))
	if !known {
		return Summary{}, nil, unknownCall("(insight.keep, insight.disk-mib); its record is kept longer: switchhook calls ID")
	}
	return call, items, nil
}

// unknownCall says that nothing is kept of a call, and where it would be.
func unknownCall(where string) error {
	return fault.NotFound("nothing is kept of a call with this id %s", where).WithCode("CallNotFound")
}

func (a *API) getCall(w http.ResponseWriter, r *http.Request) error {
	call, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, callAnswer{call, ofKinds(items), a.Hub.capturing(r.PathValue("id"))})
}

// getTimeline answers with the items of the kinds that are asked for, after a number.
func (a *API) getTimeline(w http.ResponseWriter, r *http.Request) error {
	_, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	var kinds []Kind
	if list := r.URL.Query().Get("kind"); list != "" {
		for name := range strings.SplitSeq(list, ",") {
			kinds = append(kinds, Kind(name))
		}
	}
	after, _ := strconv.Atoi(r.URL.Query().Get("after"))
	items = ofKinds(items, kinds...)
	kept := items[:0]
	for _, i := range items {
		if i.Seq > after {
			kept = append(kept, i)
		}
	}
	return rest.WriteJSON(w, http.StatusOK, listOf[Item]{Value: kept})
}

func (a *API) getEvents(w http.ResponseWriter, r *http.Request) error {
	return a.writeKinds(w, r, KindEvent, KindDelivery)
}

func (a *API) getMessages(w http.ResponseWriter, r *http.Request) error {
	return a.writeKinds(w, r, KindSIP)
}

func (a *API) writeKinds(w http.ResponseWriter, r *http.Request, kinds ...Kind) error {
	_, items, err := a.timeline(r)
	if err != nil {
		return err
	}
	return rest.WriteJSON(w, http.StatusOK, listOf[Item]{Value: ofKinds(items, kinds...)})
}

// ofKinds selects items; no kind selects all.
func ofKinds(items []Item, kinds ...Kind) []Item {
	selected := make([]Item, 0, len(items))
	for _, i := range items {
		if len(kinds) == 0 || hasKind(kinds, i.Kind) {
			selected = append(selected, i)
		}
	}
	return selected
}

func hasKind(kinds []Kind, kind Kind) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}
