package samples

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/switchhook/switchhook/internal/fault"
)

// guestRequest is what the page asks for.
type guestRequest struct {
	Room string `json:"room"` // "": a new one
	Role string `json:"role"`
}

type guestAnswer struct {
	Room  string `json:"room"`
	User  string `json:"user"`
	Token string `json:"token"`
	Role  string `json:"role"`
}

type errorAnswer struct {
	Error struct {
		Message string `json:"message"`
	} `json:"error"`
}

// maxRequest bounds the body, in bytes.
const maxRequest = 4 << 10

// guest makes a user for the page, on the list of its room. There is no signature:
// so it is there only for pages of this server that were opened on this machine.
func (p *Pages) guest(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "a guest is made with POST", http.StatusMethodNotAllowed)
		return
	}
	if why := p.refusal(r); why != "" {
		answerError(w, http.StatusForbidden, why)
		return
	}
	if !p.rate.Allow(p.cfg.Now()) {
		w.Header().Set("Retry-After", "1")
		answerError(w, http.StatusTooManyRequests, "too many guests at once; try again in a second")
		return
	}
	var asked guestRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&asked); err != nil {
		answerError(w, http.StatusBadRequest, "the body is not JSON with room and role")
		return
	}
	answer, err := p.admit(r, asked)
	switch {
	case err == nil:
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			p.cfg.Log.Debug("a guest was not told", "error", err)
		}
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		answerError(w, http.StatusBadRequest, err.Error())
	default:
		p.cfg.Log.Error("no guest could be made", "error", err)
		answerError(w, http.StatusInternalServerError, "no user could be made; the server's log says why")
	}
}

// admit makes what the page asks for. The room is looked for first, so that a
// mistake leaves no user behind.
func (p *Pages) admit(r *http.Request, asked guestRequest) (guestAnswer, error) {
	answer := guestAnswer{Room: asked.Room, Role: asked.Role}
	var err error
	if answer.Role == "" {
		answer.Role = "Attendee"
	}
	if answer.Room == "" {
		if answer.Room, err = p.cfg.Room(r.Context()); err != nil {
			return guestAnswer{}, err
		}
	}
	if answer.User, answer.Token, err = p.cfg.User(r.Context(), p.cfg.Origin(r)); err != nil {
		return guestAnswer{}, err
	}
	if err := p.cfg.Invite(r.Context(), answer.Room, answer.User, answer.Role); err != nil {
		return guestAnswer{}, err
	}
	return answer, nil
}

// refusal says why a request gets no guest; "" if it may.
func (p *Pages) refusal(r *http.Request) string {
	const elsewhere = "guests are for pages that are opened on the machine of a server that only that machine reaches; elsewhere make users and rooms with an SDK"
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	host, _, splitErr := net.SplitHostPort(r.Host)
	if splitErr != nil {
		host = r.Host
	}
	switch {
	case !p.cfg.Guests, err != nil, !remote.Addr().Unmap().IsLoopback(), !loopbackName(host), forwarded(r):
		return elsewhere
	case !ownPage(r):
		return "only a page of this server may ask for a guest"
	}
	return ""
}

// forwarded reports whether a proxy brought the request: whoever is behind it is not on this machine.
// HTTP/1.0 is what some speak that say nothing else of themselves, such as nginx; no browser does.
func forwarded(r *http.Request) bool {
	if !r.ProtoAtLeast(1, 1) {
		return true
	}
	for _, field := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(field) != "" {
			return true
		}
	}
	return false
}

// ownPage reports whether a browser says that a page of ours asks. Pages of others
// send their own Origin; so does a form.
func ownPage(r *http.Request) bool {
	origin, err := url.Parse(r.Header.Get("Origin"))
	if err != nil || origin.Host != r.Host {
		return false
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin"
}

func loopbackName(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(trimBrackets(host))
	return err == nil && address.IsLoopback()
}

func trimBrackets(host string) string {
	if len(host) > 1 && host[0] == '[' && host[len(host)-1] == ']' {
		return host[1 : len(host)-1]
	}
	return host
}

func answerError(w http.ResponseWriter, status int, message string) {
	var answer errorAnswer
	answer.Error.Message = message
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that has gone needs no answer
}
