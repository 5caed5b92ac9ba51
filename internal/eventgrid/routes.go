package eventgrid

import (
	"net/http"
	"strconv"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// Sizes of a page of subscriptions.
const (
	usualPage = 100
	maxPage   = 500
)

// pollAgain tells clients after how many seconds to look how a handshake went.
const pollAgain = "1"

// Routes adds the management API of event subscriptions, in ARM's shape, and the
// address of validation links.
func (g *Grid) Routes(rt *rest.Router) {
	// The official JavaScript package puts a slash before scopes that have one.
	for _, path := range []string{resourcePath, "/" + resourcePath, topicPath} {
		one := path + "/{name}"
		rt.Handle(http.MethodGet, path, g.ours(g.list))
		rt.Handle(http.MethodPut, one, g.ours(g.create), rest.Success(http.StatusCreated))
		rt.Handle(http.MethodPatch, one, g.ours(g.update), rest.Success(http.StatusCreated))
		rt.Handle(http.MethodGet, one, g.ours(g.read))
		rt.Handle(http.MethodDelete, one, g.ours(g.delete), rest.Success(http.StatusOK, http.StatusNoContent))
		rt.Handle(http.MethodGet, one+"/operationStatus", g.ours(g.operationStatus))
		rt.Handle(http.MethodPost, one+"/getFullUrl", g.ours(g.fullURL))
		rt.Handle(http.MethodPost, one+"/getDeliveryAttributes", g.ours(g.deliveryAttributes))
	}
	topic := func(h rest.Handler) rest.Handler {
		return g.ours(func(w http.ResponseWriter, r *http.Request, _ place) error { return h(w, r) })
	}
	rt.Handle(http.MethodPut, systemTopicPath, topic(g.createSystemTopic))
	rt.Handle(http.MethodGet, systemTopicPath, topic(g.readSystemTopic))
	rt.Handle(http.MethodGet, validatePath, g.validate, rest.NoAuth(), rest.NoVersion())
	rt.Handle(http.MethodPost, validatePath, g.validate, rest.NoAuth(), rest.NoVersion())
}

// ours lets requests through that are meant for this server's resource, and
// tells in which place they found it.
func (g *Grid) ours(handler func(http.ResponseWriter, *http.Request, place) error) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		in, err := g.arm.placeOf(r)
		if err != nil {
			return err
		}
		return handler(w, r, in)
	}
}

// create makes a subscription, or gives an old one another content. The
// handshake goes on after the answer; reading the subscription tells how it went.
func (g *Grid) create(w http.ResponseWriter, r *http.Request, in place) error {
	name := r.PathValue("name")
	if err := checkName(name); err != nil {
		return err
	}
	body, err := rest.Decode[subscriptionRequest](r)
	if err != nil {
		return err
	}
	sub, err := g.put(name, func(*Settings) (Settings, error) {
		return body.Properties.settings(g.rules())
	})
	if err != nil {
		return err
	}
	return g.follow(w, r, sub, in)
}

// update puts the members that are present in the place of those that were there.
func (g *Grid) update(w http.ResponseWriter, r *http.Request, in place) error {
	name := r.PathValue("name")
	body, err := rest.Decode[settingsRequest](r)
	if err != nil {
		return err
	}
	put := g.put
	if body.Destination == nil {
		put = g.set // what it has is not to be asked for, however it is just now
	}
	sub, err := put(name, func(former *Settings) (Settings, error) {
		if former == nil {
			return Settings{}, noSuch(name)
		}
		return body.onto(*former, g.rules())
	})
	if err != nil {
		return err
	}
	return g.follow(w, r, sub, in)
}

func (g *Grid) read(w http.ResponseWriter, r *http.Request, in place) error {
	sub, exists := g.view.Load().find(r.PathValue("name"))
	if !exists {
		return noSuch(r.PathValue("name"))
	}
	return rest.WriteJSON(w, http.StatusOK, g.arm.answer(sub, in))
}

func (g *Grid) list(w http.ResponseWriter, r *http.Request, in place) error {
	if r.URL.Query().Get("$filter") != "" {
		return fault.Unsupported("$filter is not offered yet: list all event subscriptions and choose among them")
	}
	page, err := rest.ReadPage(r, usualPage, maxPage)
	if err != nil {
		return err
	}
	if top := r.URL.Query().Get("$top"); top != "" {
		if page.Size, err = strconv.Atoi(top); err != nil || page.Size < 1 || page.Size > maxPage {
			return rest.Field("$top", fault.Invalid("$top must be 1 to %d", maxPage))
		}
	}
	v := g.view.Load()
	names, next, err := rest.Slice(v.names, page, func(name string) string { return name })
	if err != nil {
		return err
	}
	out := listAnswer{Value: []subscriptionAnswer{}, NextLink: rest.NextLink(r, next)}
	for _, name := range names {
		out.Value = append(out.Value, g.arm.answer(v.byKey[name].Subscription, in))
	}
	return rest.WriteJSON(w, http.StatusOK, out)
}

// delete ends a subscription; deleting what is not there succeeds too.
func (g *Grid) delete(w http.ResponseWriter, r *http.Request, _ place) error {
	existed, err := g.remove(r.PathValue("name"))
	if err != nil {
		return err
	}
	if !existed {
		w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

// fullURL is the one answer that shows an endpoint with its query.
func (g *Grid) fullURL(w http.ResponseWriter, r *http.Request, _ place) error {
	sub, exists := g.view.Load().find(r.PathValue("name"))
	if !exists {
		return noSuch(r.PathValue("name"))
	}
	if !sub.Wanted.isWebhook() {
		return fault.Invalid("event subscription %s has no webhook: its events go to %s", sub.Name, sub.Wanted.shown())
	}
	return rest.WriteJSON(w, http.StatusOK, urlAnswer{EndpointURL: sub.Wanted.Endpoint})
}

func (g *Grid) rules() rules {
	with := rules{requireHTTPS: g.cfg.RequireHTTPS, now: g.cfg.Now(), deadLetter: g.cfg.DeadLetter, to: g.cfg.Destinations}
	if g.cfg.Tokens != nil {
		with.knowsTenant = g.cfg.Tokens.Knows
	}
	return with
}

func noSuch(name string) error {
	return fault.NotFound("there is no event subscription %q", clip(name, 64)).WithCode("ResourceNotFound")
}
