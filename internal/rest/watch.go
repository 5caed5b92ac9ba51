package rest

import (
	"cmp"
	"net/http"
	"time"
)

// Served is a request that was answered, as Config.Watch sees it.
type Served struct {
	At      time.Time // when it came
	Took    time.Duration
	ID      string // of the request, as its answer has it
	Chain   string // the correlation id that the answer has
	Method  string
	Pattern string // of its route
	Path    string
	Version string            // api-version; "" where the route needs none
	Params  map[string]string // of the path
	Status  int
	Sender  string // id of the access key, or subject of the token
	Body    []byte // of the request; not to be changed
	Answer  []byte // the beginning of the answer's body
}

// watchedAnswer is how much of an answer a watcher sees, in bytes.
const watchedAnswer = 4 << 10

// watches reports whether somebody wants to see the request.
func (ex *exchange) watches() bool {
	return ex.route != nil && ex.router.cfg.Watch != nil && ex.router.cfg.Watched(ex.route.pattern)
}

// keepAnswer keeps the beginning of an answer for the watcher.
func (a *answer) keepAnswer(p []byte) {
	if room := watchedAnswer - len(a.kept); room > 0 && a.exchange.watches() {
		a.kept = append(a.kept, p[:min(len(p), room)]...)
	}
}

// watch shows the request and its answer.
func (ex *exchange) watch(ans *answer, r *http.Request, took time.Duration) {
	if !ex.watches() {
		return
	}
	s := Served{
		At: ex.started, Took: took, ID: ex.id, Chain: ans.Header().Get(headerChainID), Method: ex.route.method, Pattern: ex.route.pattern, Path: r.URL.Path, Version: ex.version,
		Status: ans.status, Sender: cmp.Or(ex.sender.KeyID, ex.sender.Subject), Body: ex.body, Answer: ans.kept,
	}
	if len(ex.route.params) > 0 {
		s.Params = make(map[string]string, len(ex.route.params))
		for _, name := range ex.route.params {
			s.Params[name] = r.PathValue(name)
		}
	}
	ex.router.cfg.Watch(s)
}
