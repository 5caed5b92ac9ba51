package sip

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// digestPeer is the way to a phone: the proxies on it and the callee, each of which wants
// to know who calls. It computes digests from RFC 7616 §3.4 by itself.
type digestPeer struct {
	user, password string

	mu       sync.Mutex
	realms   []*digestRealm // in the order of the way
	together int            // the status under which all realms ask at once, as behind a fork; 0 asks one after the other
	accepted []*siptest.Message
	refusals int
	problems []string
	adds     func(*digestRealm) []siptest.Field // to accepted requests, by the last realm
}

// digestRealm is one of those who ask.
type digestRealm struct {
	name      string
	proxy     bool   // asks by 407
	algorithm string // as it stands in the challenge; "" leaves it out
	qop       string // the same
	opaque    string // "none" leaves it out
	ages      bool   // each nonce serves one request, then it is stale
	deaf      bool   // refuses every password

	nonces map[string]*nonceUse
}

// nonceUse is what became of a nonce.
type nonceUse struct {
	count   int // the highest so far
	stale   bool
	session string // A1 of an algorithm with sessions, from the first use on
}

// fresh gives the realm another nonce and returns the challenge.
func (r *digestRealm) fresh(isStale bool) siptest.Field {
	nonce := rand.Text() + "=="
	if r.nonces == nil {
		r.nonces = make(map[string]*nonceUse)
	}
	r.nonces[nonce] = new(nonceUse)
	value := fmt.Sprintf(`Digest realm="%s", nonce="%s"`, r.name, nonce)
	if r.opaque != "none" {
		value += fmt.Sprintf(`, opaque="%s"`, r.opaque)
	}
	if isStale {
		value += ", stale=TRUE"
	}
	if r.algorithm != "" {
		value += ", algorithm=" + r.algorithm
	}
	if r.qop != "" {
		value += `, qop="` + r.qop + `"`
	}
	if r.proxy {
		return siptest.Field{Name: "Proxy-Authenticate", Value: value}
	}
	return siptest.Field{Name: "WWW-Authenticate", Value: value}
}

func (r *digestRealm) status() int {
	if r.proxy {
		return 407
	}
	return 401
}

// guard is the script of the phone behind.
func (d *digestPeer) guard(m *siptest.Message) (int, []siptest.Field) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var asks []siptest.Field
	for _, r := range d.realms {
		given := credentialsFor(m, r)
		use := r.nonces[given["nonce"]]
		if use == nil || use.stale || r.deaf {
			asks = append(asks, r.fresh(use != nil && use.stale && !r.deaf))
			if d.together == 0 {
				d.refusals++
				return r.status(), asks
			}
			continue
		}
		if wrong := d.wrong(m, r, use, given); wrong != "" {
			d.problems = append(d.problems, fmt.Sprintf("%s %s at %s: %s, credentials are %v", m.Method(), m.Get("CSeq"), r.name, wrong, given))
			return 403, nil
		}
		use.stale = r.ages
	}
	if len(asks) > 0 {
		d.refusals++
		return d.together, asks
	}
	d.accepted = append(d.accepted, m)
	if d.adds != nil && len(d.realms) > 0 {
		return 0, d.adds(d.realms[len(d.realms)-1])
	}
	return 0, nil
}

var credentialParam = regexp.MustCompile(`([a-z]+)=(?:"([^"]*)"|([^",\s]+))`)

// credentialsFor are those that a request shows to a realm; nil without any.
func credentialsFor(m *siptest.Message, r *digestRealm) map[string]string {
	name := "Authorization"
	if r.proxy {
		name = "Proxy-Authorization"
	}
	for _, value := range m.All(name) {
		params := map[string]string{}
		for _, match := range credentialParam.FindAllStringSubmatch(strings.TrimPrefix(value, "Digest "), -1) {
			params[match[1]] = match[2] + match[3]
		}
		if params["realm"] == r.name {
			return params
		}
	}
	return nil
}

// wrong tells what is wrong with credentials; "" nothing.
func (d *digestPeer) wrong(m *siptest.Message, r *digestRealm, use *nonceUse, given map[string]string) string {
	count, _ := strconv.ParseInt(given["nc"], 16, 32)
	a2 := m.Method() + ":" + given["uri"]
	middle := given["nonce"]
	opaque, hasOpaque := given["opaque"]
	switch {
	case given["username"] != d.user:
		return "user"
	case given["uri"] != m.URI():
		return "uri is not " + m.URI()
	case hasOpaque != (r.opaque != "none") || hasOpaque && opaque != r.opaque:
		return "opaque"
	case given["algorithm"] != r.algorithm:
		return "algorithm"
	case (r.qop == "") != (given["qop"] == "") || !strings.Contains(","+strings.ReplaceAll(r.qop, " ", "")+",", ","+given["qop"]+","):
		return "qop"
	case r.qop != "" && (int(count) <= use.count || len(given["nc"]) != 8 || given["cnonce"] == ""):
		return fmt.Sprintf("count after %d", use.count)
	}
	if given["qop"] == "auth-int" {
		a2 += ":" + digestHash(r.algorithm, string(m.Body))
	}
	if r.qop != "" {
		middle += ":" + given["nc"] + ":" + given["cnonce"] + ":" + given["qop"]
		use.count = int(count)
	}
	secret := digestHash(r.algorithm, d.user+":"+r.name+":"+d.password)
	if strings.HasSuffix(strings.ToLower(r.algorithm), "-sess") { // RFC 7616 §3.4.2
		if use.session == "" {
			use.session = digestHash(r.algorithm, secret+":"+given["nonce"]+":"+given["cnonce"])
		}
		secret = use.session
	}
	if given["response"] != digestHash(r.algorithm, secret+":"+middle+":"+digestHash(r.algorithm, a2)) {
		return "response"
	}
	return ""
}

func digestHash(algorithm, text string) string {
	switch strings.TrimSuffix(strings.ToUpper(algorithm), "-SESS") {
	case "SHA-256":
		sum := sha256.Sum256([]byte(text))
		return hex.EncodeToString(sum[:])
	case "SHA-512-256":
		sum := sha512.Sum512_256([]byte(text))
		return hex.EncodeToString(sum[:])
	}
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// got are the accepted requests of a method.
func (d *digestPeer) got(method string) (list []*siptest.Message) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.accepted {
		if m.Method() == method {
			list = append(list, m)
		}
	}
	return list
}

// wrongs are the problems so far.
func (d *digestPeer) wrongs() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.problems
}

// refused is how many requests were challenged.
func (d *digestPeer) refused() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refusals
}

// ask puts a realm at the end of the way.
func (d *digestPeer) ask(r *digestRealm) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.realms = append(d.realms, r)
}

// tell adds fields to the answers to accepted requests.
func (d *digestPeer) tell(adds func(*digestRealm) []siptest.Field) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.adds = adds
}
