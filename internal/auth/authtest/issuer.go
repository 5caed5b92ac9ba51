package authtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Issuer is a small OpenID Connect issuer on loopback, by whose page people sign in. Its
// page asks nobody: a GET is led back at once, for the person whose claims are set.
type Issuer struct {
	*httptest.Server
	Client, Secret string           // that it knows; a client without a secret is public
	Now            func() time.Time // time.Now

	mu     sync.Mutex
	key    *ecdsa.PrivateKey
	person jwt.MapClaims
	codes  map[string]url.Values // what was asked, by code
}

// NewIssuer starts an issuer that knows one client. Close ends it.
func NewIssuer(client, secret string) *Issuer {
	i := &Issuer{Client: client, Secret: secret, Now: time.Now, codes: map[string]url.Values{}}
	i.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // never fails
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /keys", i.keys)
	mux.HandleFunc("GET /authorize", i.authorize)
	mux.HandleFunc("POST /token", i.token)
	i.Server = httptest.NewServer(mux)
	return i
}

// Is sets the claims of the person who signs in next. They replace what an ID token
// usually has: iss, aud, exp, iat and nonce.
func (i *Issuer) Is(claims jwt.MapClaims) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.person = claims
}

// Forge has the issuer sign with a key that it does not publish.
func (i *Issuer) Forge() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader) // never fails
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]string{"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token"})
}

func (i *Issuer) keys(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	point, _ := i.key.PublicKey.Bytes()
	encode := base64.RawURLEncoding.EncodeToString
	reply(w, http.StatusOK, map[string]any{"keys": []map[string]string{{"kty": "EC", "crv": "P-256", "kid": "1", "x": encode(point[1:33]), "y": encode(point[33:])}}})
}

// authorize leads back with a code (RFC 6749 §4.1.2).
func (i *Issuer) authorize(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if asked.Get("client_id") != i.Client || asked.Get("response_type") != "code" || asked.Get("code_challenge_method") != "S256" {
		http.Error(w, "unknown client, or no PKCE", http.StatusBadRequest)
		return
	}
	code := rand.Text()
	i.mu.Lock()
	i.codes[code] = asked
	i.mu.Unlock()
	back := url.Values{"code": {code}, "state": {asked.Get("state")}, "iss": {i.URL}}
	http.Redirect(w, r, asked.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// token exchanges a code, once, for an ID token.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	asked, known := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	_, written, _ := r.BasicAuth()
	secret, _ := url.QueryUnescape(written) // RFC 6749 §2.3.1
	if !known || secret != i.Secret || r.FormValue("client_id") != i.Client || r.FormValue("redirect_uri") != asked.Get("redirect_uri") ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != asked.Get("code_challenge") {
		reply(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := i.Now()
	claims := jwt.MapClaims{"iss": i.URL, "aud": i.Client, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "nonce": asked.Get("nonce")}
	for name, value := range i.person {
		claims[name] = value
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, claims)
	token.Header["kid"] = "1"
	text, err := token.SignedString(i.key)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	reply(w, http.StatusOK, map[string]string{"id_token": text, "access_token": rand.Text(), "token_type": "Bearer"})
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value) // a client that has left needs no answer
}
