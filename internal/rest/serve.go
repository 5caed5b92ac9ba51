package rest

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/connlimit"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/panics"
)

// ServeHTTP answers a request: headers, route, body, sender, version, and then
// the handler.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ex := newExchange(rt, r)
	ans := &answer{ResponseWriter: w, exchange: ex} // apart: who keeps the context does not keep the connection
	ex.setRequestIDs(w.Header(), r)
	r = r.WithContext(ex)
	defer ex.conclude(ans)
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			ans.fail(r, panics.Note(ex.log(), panics.Request, p))
		}
		ex.router.bodies.give(ex.reserved)
		ex.finish(ans, r)
	}()
	found, params := rt.routes.find(r.URL.EscapedPath())
	if found == nil {
		ans.fail(r, fault.NotFound("%s is not an operation of this server%s", clip(r.URL.Path), elsewhere(r.URL.Path)).WithCode("ResourceNotFound"))
		return
	}
	if ex.route = found.route(r.Method); ex.route == nil {
		ans.wrongMethod(r, found)
		return
	}
	for i, name := range ex.route.params {
		r.SetPathValue(name, params[i])
	}
	if err := ex.admit(w, r, params); err != nil {
		ans.fail(r, err)
		return
	}
	if err := ex.serve(ans, r); err != nil {
		ans.fail(r, err)
	}
}

// wrongMethod answers OPTIONS, and refuses a method that the path does not have.
func (a *answer) wrongMethod(r *http.Request, found *endpoint) {
	a.Header().Set("Allow", found.allow())
	if r.Method == http.MethodOptions {
		a.WriteHeader(http.StatusNoContent)
		return
	}
	cause := fault.Invalid("%s is not allowed here; allowed are %s", clip(r.Method), found.allow())
	if verb := unknownVerb(r.URL.EscapedPath()); verb != "" && !found.hasVerb() {
		cause = fault.Invalid("%q is not an operation of this path; without it, allowed are %s", ":"+clip(verb), found.allow())
	}
	a.fail(r, &statusError{status: http.StatusMethodNotAllowed, cause: cause.WithCode("MethodNotAllowed")})
}

// unknownVerb is what stands behind the last colon of a path and reads like a verb, such
// as that of an operation of a later version; an id has digits or signs there.
func unknownVerb(escapedPath string) string {
	_, verb, _ := cutLast(escapedPath, ':')
	if strings.ContainsFunc(verb, func(c rune) bool { return (c|0x20) < 'a' || (c|0x20) > 'z' }) {
		return ""
	}
	return verb
}

// admit reads the body and asks what the route wants of every request.
func (ex *exchange) admit(w http.ResponseWriter, r *http.Request, params []string) error {
	for i, value := range params {
		if !utf8.ValidString(value) || strings.ContainsFunc(value, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			return Field(ex.route.params[i], fault.Invalid("the path's %s has control characters or is not UTF-8", ex.route.params[i]))
		}
	}
	if err := ex.identify(w, r); err != nil {
		return err
	}
	version, err := apiVersion(r)
	if err != nil && !ex.route.noVersion {
		return err
	}
	ex.version = version
	return nil
}

var errNoAdministrator = fault.Forbidden("the administration needs the primary access key, or a token that auth.oidc[].admin names").WithCode("AuthorizationFailed")

var errReadOnly = fault.Forbidden("this token may only look at calls: auth.oidc[].read names it, and neither allow nor admin does").WithCode("AuthorizationFailed")

// identify finds the sender, and reads the body when it is known. Routes for
// everybody take no body.
func (ex *exchange) identify(w http.ResponseWriter, r *http.Request) error {
	if ex.route.audience == anyone {
		if !ex.router.cfg.Hosts.Admits(r) {
			return &statusError{status: http.StatusMisdirectedRequest,
				cause: fault.Invalid("the Host %q is not a name of this server; add it to public-host", clip(r.Host)).WithCode("MisdirectedRequest")}
		}
		r.Body = http.NoBody
		return nil
	}
	body := func() ([]byte, error) { // the sender is known
		ex.liftAnswerTime(w)
		err := ex.readBody(w, r)
		return ex.body, err
	}
	sender, err := ex.router.cfg.Auth.Authenticate(r, body, auth.Scope{WithoutQuery: ex.route.withoutQuery})
	if err != nil {
		return err
	}
	ex.sender = sender
	if !ex.bodyRead {
		ex.liftAnswerTime(w)
	}
	connlimit.NoteCredentials(r.Context())
	switch mayRead := ex.route.audience == readers && sender.Reader || sender.Reads && !ex.route.changes(); {
	case ex.route.administration() && !sender.Administrator && !mayRead:
		return errNoAdministrator
	case sender.ReadOnly && !mayRead:
		return errReadOnly
	}
	if ex.bodyRead {
		return nil
	}
	return ex.readBody(w, r)
}

// serve runs the handler, or repeats what it answered before.
func (ex *exchange) serve(ans *answer, r *http.Request) error {
	if ex.route.repeatability == nil {
		return ex.handle(ans, r)
	}
	id, err := repetitionID(r, ex.router.cfg.Now())
	if err != nil {
		return err
	}
	if id == "" {
		return ex.handle(ans, r)
	}
	return ex.route.repeatability.serve(ex, ans, r, id)
}

// handle asks whether there is room for the request, and lets the handler answer.
func (ex *exchange) handle(ans *answer, r *http.Request) error {
	if ex.route.changes() && !ex.route.evenWhenBusy {
		if err := ex.router.cfg.Admit(ex.route.change()); err != nil {
			return err
		}
	}
	if err := ex.route.handler(ans, r); err != nil {
		return err
	}
	if ans.status == 0 {
		ans.WriteHeader(ex.route.success[0])
	}
	return nil
}
