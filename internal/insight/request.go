package insight

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/rest"
)

// request is a request of an application with its answer.
type request struct{ rest.Served }

func (r *request) code(c *coder) {
	c.moment(&r.At)
	c.duration(&r.Took)
	for _, text := range [...]*string{&r.ID, &r.Method, &r.Pattern, &r.Path, &r.Version, &r.Sender} {
		c.text(text)
	}
	c.number(&r.Status)
	c.body(&r.Body)
	c.body(&r.Answer)
}

type requestDetail struct {
	ID        string  `json:"requestId"`
	Operation string  `json:"operation"` // method and pattern
	Method    string  `json:"method"`
	Path      string  `json:"path"`
	Version   string  `json:"apiVersion,omitempty"`
	Status    int     `json:"status"`
	TookMS    float64 `json:"tookMs"`
	Sender    string  `json:"sender,omitempty"`
	Body      string  `json:"body,omitempty"`   // secrets are masked
	Answer    string  `json:"answer,omitempty"` // its beginning, secrets are masked
	Error     string  `json:"error,omitempty"`  // code and message of a refusal
}

func (r *request) more() any {
	return requestDetail{
		ID: r.ID, Operation: r.Method + " " + r.Pattern, Method: r.Method, Path: clean(r.Path, maxLine), Version: clean(r.Version, 64), Status: r.Status,
		TookMS: float64(r.Took.Microseconds()) / 1000, Sender: clean(r.Sender, 128), Body: maskBody(r.Body), Answer: maskBody(r.Answer), Error: r.problem(),
	}
}

func (r *request) line() (Kind, string, bool) {
	text := fmt.Sprintf("%s %s: %d", r.Method, shortPath(r.Pattern), r.Status)
	if problem := r.problem(); problem != "" {
		text += " " + problem
	}
	return KindRequest, text, r.Status >= 400
}

// shortPath is the end of a pattern: the operation itself, if there is one.
func shortPath(pattern string) string {
	return cmp.Or(strings.TrimPrefix(pattern, "/calling/callConnections/{callConnectionId}"), pattern)
}

// problem is what the answer says of a refusal.
func (r *request) problem() string {
	if r.Status < 400 {
		return ""
	}
	var answer struct {
		Error struct{ Code, Message string }
	}
	if json.Unmarshal(r.Answer, &answer) != nil {
		return ""
	}
	return clean(strings.TrimSpace(answer.Error.Code+": "+answer.Error.Message), maxLine)
}

// decisive are the operations that begin a call, or decide over one that rings.
var decisive = map[string]bool{
	"/calling/callConnections": true, "/calling/callConnections:connect": true,
	"/calling/callConnections:answer": true, "/calling/callConnections:redirect": true, "/calling/callConnections:reject": true,
}

// Request takes a request that was answered. One of no call is kept only where it
// is decisive and was refused: who has the wrong key is answered before it is known which
// call is meant.
func (h *Hub) Request(s rest.Served) {
	if !strings.HasPrefix(s.Pattern, "/calling/") || s.Method == http.MethodGet && s.Status < 400 {
		return
	}
	s.Body = s.Body[:min(len(s.Body), maxBody)]
	served := request{s}
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.byID[s.Chain]
	if r == nil {
		r = h.byName[s.Params["callConnectionId"]]
	}
	if r == nil {
		r = h.named(s)
	}
	refused := s.Status >= 400 && decisive[s.Pattern]
	switch {
	case r == nil && !refused:
		return
	case r == nil:
		r = h.refused(SubjectRequest, s.At, fmt.Sprintf("the request %s %s was refused with %d: %s", s.Method, s.Pattern, s.Status, served.problem()))
		if r == nil {
			return
		}
		r.to = targetOf(s.Body)
		r.people = note(r.people, r.to)
		h.tell(Update{call: r})
	}
	if h.wants(r, s.Status >= 400) {
		served.code(h.begin(formatRequest, s.At)) // without Params: the path has them
		h.add(r)
	}
}

// named is the record of the call that a body names: by its serverCallId or its
// incomingCallContext. The caller holds mu.
func (h *Hub) named(s rest.Served) *record {
	var body struct {
		ServerCallID string `json:"serverCallId"`
		Context      string `json:"incomingCallContext"`
		Locator      struct {
			ServerCallID string `json:"serverCallId"`
		} `json:"callLocator"`
	}
	if len(s.Body) == 0 || json.Unmarshal(s.Body, &body) != nil {
		return nil
	}
	for _, name := range []string{body.ServerCallID, body.Locator.ServerCallID} {
		if r := h.byName[name]; r != nil {
			return r
		}
	}
	return h.byID[callOfContext(body.Context)]
}

// callOfContext reads the correlation id out of an incomingCallContext of ours.
func callOfContext(text string) string {
	_, claims, _ := strings.Cut(text, ".")
	claims, _, _ = strings.Cut(claims, ".")
	decoded, err := base64.RawURLEncoding.DecodeString(claims)
	var read struct {
		CallID string `json:"callId"`
	}
	if err != nil || json.Unmarshal(decoded, &read) != nil {
		return ""
	}
	return read.CallID
}

// targetOf is whom a request wanted to call first.
func targetOf(body []byte) string {
	var read struct {
		Targets []struct {
			RawID string `json:"rawId"`
			Phone struct {
				Value string `json:"value"`
			} `json:"phoneNumber"`
			User struct {
				ID string `json:"id"`
			} `json:"communicationUser"`
		} `json:"targets"`
	}
	if json.Unmarshal(body, &read) != nil || len(read.Targets) == 0 {
		return ""
	}
	t := read.Targets[0]
	switch {
	case t.Phone.Value != "":
		return clean("4:"+t.Phone.Value, 256)
	case t.User.ID != "":
		return clean(t.User.ID, 256)
	}
	return clean(t.RawID, 256)
}
