package insight

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// SinkPath begins the addresses of sinks.
const SinkPath = "/sink/"

// Bounds of sinks.
const (
	maxSinks    = 16
	maxReceived = 100 // of a sink; the oldest leave
	maxSinkBody = 64 << 10
)

// Sinks are addresses of this server that take any webhook, consent to Event Grid's
// handshake, and show what came: for applications that are still being written. The
// address has a secret, in its query as those of Azure Functions have one, which is masked
// wherever an address is shown; only an administrator makes one. They live with the process.
type Sinks struct {
	mu     sync.Mutex
	byName map[string]*sink
}

// sink is one address.
type sink struct {
	name     string
	secret   string // code of its address
	status   int    // that it answers with
	received []Received
}

// Received is a request that a sink took.
type Received struct {
	At          time.Time `json:"at"`
	Method      string    `json:"method"`
	ContentType string    `json:"contentType,omitempty"`
	EventType   string    `json:"aegEventType,omitempty"`
	Body        string    `json:"body"` // secrets are masked
	Status      int       `json:"status"`
}

// NewSinks returns no sinks.
func NewSinks() *Sinks { return &Sinks{byName: map[string]*sink{}} }

var sinkName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`)

// sinkRequest says what a sink answers.
type sinkRequest struct {
	Status int `json:"status"` // 200
}

// sinkView is a sink as the API shows it.
type sinkView struct {
	Name     string     `json:"name"`
	URL      string     `json:"url"`
	Status   int        `json:"status"`
	Received []Received `json:"received"` // the newest first
}

func (a *API) sinkRoutes(rt *rest.Router) {
	if a.Sinks == nil {
		return
	}
	rt.Handle(http.MethodGet, Path+"/sinks", a.listSinks)
	rt.Handle(http.MethodPut, Path+"/sinks/{name}", a.putSink)
	rt.Handle(http.MethodDelete, Path+"/sinks/{name}", a.deleteSink, rest.Success(http.StatusNoContent))
}

func (a *API) listSinks(w http.ResponseWriter, r *http.Request) error {
	list := listOf[sinkView]{Value: []sinkView{}}
	a.Sinks.mu.Lock()
	for _, s := range a.Sinks.byName {
		list.Value = append(list.Value, s.view(r))
	}
	a.Sinks.mu.Unlock()
	return rest.WriteJSON(w, http.StatusOK, list)
}

func (s *sink) view(r *http.Request) sinkView {
	code := mask // who only looks sends nothing there
	if rest.Sender(r.Context()).Administrator {
		code = s.secret
	}
	v := sinkView{s.name, rest.Origin(r) + SinkPath + s.name + "?code=" + code, s.status, []Received{}}
	for i := len(s.received) - 1; i >= 0; i-- {
		v.Received = append(v.Received, s.received[i])
	}
	return v
}

// putSink makes a sink, or changes what it answers.
func (a *API) putSink(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("name")
	body, err := rest.Decode[sinkRequest](r)
	if err != nil {
		return err
	}
	if body.Status == 0 {
		body.Status = http.StatusOK
	}
	if !sinkName.MatchString(name) || body.Status < 200 || body.Status > 599 {
		return fault.Invalid("the name of a sink has 1 to 40 letters, digits and hyphens; its status is 200 to 599")
	}
	s := a.Sinks
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.byName[name]
	switch {
	case at == nil && len(s.byName) >= maxSinks:
		return fault.Conflict("there are %d sinks already, which is the limit", maxSinks)
	case at == nil:
		at = &sink{name: name, secret: rand.Text()}
		s.byName[name] = at
	}
	at.status = body.Status
	return rest.WriteJSON(w, http.StatusOK, at.view(r))
}

func (a *API) deleteSink(w http.ResponseWriter, r *http.Request) error {
	a.Sinks.mu.Lock()
	defer a.Sinks.mu.Unlock()
	name := r.PathValue("name")
	if a.Sinks.byName[name] == nil {
		return fault.NotFound("there is no such sink").WithCode("SinkNotFound")
	}
	delete(a.Sinks.byName, name)
	return nil
}

// ServeHTTP takes what is sent to a sink.
func (s *Sinks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	at := s.byName[strings.TrimPrefix(r.URL.Path, SinkPath)]
	s.mu.Unlock()
	if at == nil || subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("code")), []byte(at.secret)) == 0 {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxSinkBody))
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	status := at.status
	at.received = append(at.received, Received{
		At: time.Now().UTC(), Method: r.Method, ContentType: clean(r.Header.Get("Content-Type"), maxLine), EventType: clean(r.Header.Get("Aeg-Event-Type"), maxLine),
		Body: maskBody(body), Status: status,
	})
	if len(at.received) > maxReceived {
		at.received = append(at.received[:0], at.received[1:]...)
	}
	s.mu.Unlock()
	answerSink(w, r, body, status)
}

// answerSink consents to handshakes (Event Grid, "Endpoint validation"; CloudEvents,
// "HTTP 1.1 Web Hooks", §4), and answers anything else with the sink's status.
func answerSink(w http.ResponseWriter, r *http.Request, body []byte, status int) {
	if origin := r.Header.Get("WebHook-Request-Origin"); r.Method == http.MethodOptions && origin != "" {
		w.Header().Set("WebHook-Allowed-Origin", origin)
		return
	}
	var events []struct {
		Data struct {
			Code string `json:"validationCode"`
		} `json:"data"`
	}
	if r.Header.Get("Aeg-Event-Type") == "SubscriptionValidation" && json.Unmarshal(body, &events) == nil && len(events) == 1 {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"validationResponse": events[0].Data.Code}) // a client that has left needs no answer
		return
	}
	w.WriteHeader(status)
}
