package siptest

import (
	"strconv"
	"strings"
	"sync"
)

// Registrar makes a phone take registrations, as a provider does.
type Registrar struct {
	mu       sync.Mutex
	phone    *Phone
	grants   int // seconds; 0: what is asked for
	least    int // seconds, told with 423
	refusal  int // the status of every attempt; 0 refuses none
	extra    []Field
	contacts map[string]bool // of who is registered
}

// Registrar starts to take registrations. Where the phone has a password, they
// must bear it.
func (p *Phone) Registrar() *Registrar {
	r := &Registrar{phone: p, contacts: make(map[string]bool)}
	p.mu.Lock()
	p.registrar = r
	p.mu.Unlock()
	return r
}

// Grants sets for how many seconds registrations last, and the least that may be
// asked for; 0 leaves both to who asks.
func (r *Registrar) Grants(seconds, least int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.grants, r.least = seconds, least
}

// Refuses sets the status that refuses every attempt; 0 refuses none.
func (r *Registrar) Refuses(status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refusal = status
}

// Tells adds fields to the answers.
func (r *Registrar) Tells(fields ...Field) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.extra = fields
}

// Contacts lists who is registered.
func (r *Registrar) Contacts() (list []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for contact := range r.contacts {
		list = append(list, contact)
	}
	return list
}

// register answers a REGISTER.
func (r *Registrar) register(m *Message) {
	p := r.phone
	if p.cfg.Username != "" && !p.authorized(m) {
		p.respond(m, 401, "Unauthorized", token(), nil, Field{"WWW-Authenticate", p.challenge()})
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	asked, _ := strconv.Atoi(m.Get("Expires"))
	switch contact := address(m.Get("Contact")); {
	case r.refusal != 0:
		p.respond(m, r.refusal, "Refused", token(), nil)
	case asked == 0:
		delete(r.contacts, contact)
		p.respond(m, 200, "OK", token(), nil)
	case asked < r.least:
		p.respond(m, 423, "Interval Too Brief", token(), nil, Field{"Min-Expires", strconv.Itoa(r.least)})
	default:
		if r.grants > 0 {
			asked = r.grants
		}
		r.contacts[contact] = true
		fields := append([]Field{{"Contact", "<" + contact + ">;expires=" + strconv.Itoa(asked)}}, r.extra...)
		p.respond(m, 200, "OK", token(), nil, fields...)
	}
}

// challenge is what a phone with a password asks of those who come.
func (p *Phone) challenge() string {
	return `Digest realm="phone", nonce="` + p.nonce + `", algorithm=MD5, qop="auth"`
}

// credentials are the digest of a request, whichever header bears it.
func credentials(m *Message) string {
	given := m.Get("Proxy-Authorization")
	if given == "" {
		given = m.Get("Authorization")
	}
	return strings.TrimPrefix(given, "Digest ")
}
