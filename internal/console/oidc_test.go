package console

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
)

// entrance is a console with an issuer, and one that is not configured.
type entrance struct {
	*office
	issuer *authtest.Issuer
}

func newEntrance(t *testing.T, secret auth.Secret) *entrance {
	t.Helper()
	e := &entrance{newOffice(t), authtest.NewIssuer("console", string(secret))}
	t.Cleanup(e.issuer.Close)
	e.issuer.Now = func() time.Time { return e.now }
	oidc, err := auth.NewOIDC(auth.OIDCConfig{Now: e.issuer.Now, Issuers: []auth.Issuer{{
		URL: e.issuer.URL, Console: auth.Client{ID: "console", Secret: secret},
		Allow: auth.Bearers{Subjects: []string{"app"}}, Administer: auth.Bearers{Roles: []string{"chief"}}, Read: auth.Bearers{Subjects: []string{"guest"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	e.cfg.Issuers = oidc
	return e
}

// leave begins a sign-in: the browser has its cookie and the address of the issuer's page.
func (e *entrance) leave(place string) (cookie *http.Cookie, page string) {
	e.t.Helper()
	answer := e.answer(request("POST", oidcPath, `{"issuer":"`+e.issuer.URL+`","place":"`+place+`"}`))
	var said struct{ Location string }
	if err := json.NewDecoder(answer.Body).Decode(&said); err != nil || answer.StatusCode != http.StatusOK || len(answer.Cookies()) != 1 {
		e.t.Fatalf("%d, %v", answer.StatusCode, err)
	}
	return answer.Cookies()[0], said.Location
}

// visit goes to the issuer's page, which leads back.
func (e *entrance) visit(page string) (back string) {
	e.t.Helper()
	still := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := still.Get(page)
	if err != nil {
		e.t.Fatal(err)
	}
	answer.Body.Close()
	return answer.Header.Get("Location")
}

// back is how a browser comes from another site: without an Origin.
func (e *entrance) back(address string, cookie *http.Cookie) *http.Response {
	e.t.Helper()
	r := httptest.NewRequest("GET", address, nil)
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if cookie != nil {
		r.AddCookie(cookie)
	}
	return e.answer(r)
}

// session is what a browser with the cookies of an answer is told of itself.
func (e *entrance) session(answer *http.Response) (about, bool) {
	e.t.Helper()
	r := request("GET", Path+"session", "")
	for _, cookie := range answer.Cookies() {
		r.AddCookie(cookie)
	}
	got := e.answer(r)
	var a about
	json.NewDecoder(got.Body).Decode(&a)
	return a, got.StatusCode == http.StatusOK
}

// TestIssuerSignsIn, with and without a secret of the client.
func TestIssuerSignsIn(t *testing.T) {
	for _, secret := range []auth.Secret{"", "hush: &+%"} {
		for _, test := range []struct {
			claims     jwt.MapClaims
			role, name string // "": the person may not see the console
		}{
			{jwt.MapClaims{"sub": "1", "roles": []string{"chief"}, "name": "Ann"}, "administrator", "Ann"},
			{jwt.MapClaims{"sub": "guest"}, "reader", "guest"},
			{jwt.MapClaims{"sub": "app"}, "", ""},
			{jwt.MapClaims{"sub": "stranger", "azp": "console"}, "", ""},
		} {
			e := newEntrance(t, secret)
			e.issuer.Is(test.claims)
			cookie, page := e.leave("/console/calls?x=1")
			answer := e.back(e.visit(page), cookie)
			about, signedIn := e.session(answer)
			if signedIn != (test.role != "") || about.Role != test.role || about.Name != test.name {
				t.Errorf("%v: signed in %t as %+v", test.claims, signedIn, about)
			}
			want := "/console/calls?x=1"
			if test.role == "" {
				want = "/console/#refused=" + refusedPerson
			}
			if got := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || got != want {
				t.Errorf("%v: %d leads to %q", test.claims, answer.StatusCode, got)
			}
		}
	}
}

// TestSignInsByAnIssuerThatAreRefused are the attacks.
func TestSignInsByAnIssuerThatAreRefused(t *testing.T) {
	chief := jwt.MapClaims{"sub": "1", "roles": []string{"chief"}}
	with := func(name string, value any) jwt.MapClaims {
		claims := jwt.MapClaims{"sub": "1", "roles": []string{"chief"}, name: value}
		return claims
	}
	past := time.Now().Add(-time.Hour).Unix()
	for name, test := range map[string]struct {
		claims jwt.MapClaims
		attack func(e *entrance, back string, cookie *http.Cookie) *http.Response
		why    string
	}{
		"the state comes again": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			e.back(back, cookie)
			return e.back(back, cookie)
		}, refusedState},
		"the state of another browser": {chief, func(e *entrance, back string, _ *http.Cookie) *http.Response {
			other, _ := e.leave("/console/")
			return e.back(back, other)
		}, refusedState},
		"no cookie": {chief, func(e *entrance, back string, _ *http.Cookie) *http.Response { return e.back(back, nil) }, refusedState},
		"too late": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			e.now = e.now.Add(awayTime)
			return e.back(back, cookie)
		}, refusedState},
		"another issuer's answer": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			return e.back(strings.Replace(back, url.QueryEscape(e.issuer.URL), "https%3A%2F%2Fevil.example", 1), cookie)
		}, refusedState},
		"over plain HTTP from elsewhere": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			r := httptest.NewRequest("GET", back, nil)
			r.RemoteAddr = "192.0.2.1:4711"
			r.AddCookie(cookie)
			return e.answer(r)
		}, refusedState},
		"the issuer says no": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			state, _ := url.Parse(back)
			return e.back(origin+oidcPath+"?error=access_denied&state="+url.QueryEscape(state.Query().Get("state")), cookie)
		}, refusedDenied},
		"the code of another sign-in": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			_, page := e.leave("/console/")
			stolen, _ := url.Parse(e.visit(page))
			own, _ := url.Parse(back)
			query := own.Query()
			query.Set("code", stolen.Query().Get("code")) // PKCE: its verifier is another one
			return e.back(origin+oidcPath+"?"+query.Encode(), cookie)
		}, refusedToken},
		"a foreign key": {chief, func(e *entrance, back string, cookie *http.Cookie) *http.Response {
			e.cfg.Issuers.Redeem(e.t.Context(), auth.SignIn{Issuer: e.issuer.URL}, "x") // the keys are known now
			e.issuer.Forge()
			return e.back(back, cookie)
		}, refusedToken},
		"a foreign issuer":      {with("iss", "https://evil.example"), nil, refusedToken},
		"another audience":      {with("aud", "another"), nil, refusedToken},
		"more audiences":        {with("aud", []string{"console", "another"}), nil, refusedToken},
		"an expired token":      {with("exp", past), nil, refusedToken},
		"a token without end":   {with("exp", nil), nil, refusedToken},
		"another nonce":         {with("nonce", "another"), nil, refusedToken},
		"no nonce":              {with("nonce", ""), nil, refusedToken},
		"a token of the future": {with("iat", time.Now().Add(time.Hour).Unix()), nil, refusedToken},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEntrance(t, "")
			e.issuer.Is(test.claims)
			cookie, page := e.leave("/console/")
			back := e.visit(page)
			if test.attack == nil {
				test.attack = func(e *entrance, back string, cookie *http.Cookie) *http.Response { return e.back(back, cookie) }
			}
			answer := test.attack(e, back, cookie)
			if _, signedIn := e.session(answer); signedIn {
				t.Error("signed in")
			}
			if got := answer.Header.Get("Location"); got != Path+"#refused="+test.why {
				t.Errorf("%d leads to %q, want %s", answer.StatusCode, got, test.why)
			}
		})
	}
}

// TestNobodyIsLedElsewhere after a sign-in, and the issuer is told no address but ours.
func TestNobodyIsLedElsewhere(t *testing.T) {
	for place, want := range map[string]string{
		"/console/webhooks": "/console/webhooks", "https://evil.example/console/": Path, "//evil.example/console/": Path, "/console/../../evil": Path,
		`/\\evil.example`: Path, "/console/api/admin/keys": Path, "/console/oidc?state=x": Path, "javascript:alert(1)": Path, "": Path, "/console//evil.example": Path,
	} {
		if got := placeOf(place); got != want {
			t.Errorf("%s leads to %s", place, got)
		}
	}
	e := newEntrance(t, "")
	r := request("POST", oidcPath, `{"issuer":"`+e.issuer.URL+`"}`)
	r.Header.Set("X-Forwarded-Host", "evil.example")
	var said struct{ Location string }
	if err := json.NewDecoder(e.answer(r).Body).Decode(&said); err != nil {
		t.Fatal(err)
	}
	page, _ := url.Parse(said.Location)
	if got := page.Query().Get("redirect_uri"); got != origin+oidcPath {
		t.Errorf("the issuer is told to lead back to %s", got)
	}
	for name, change := range map[string]func(*http.Request){
		"a page of another site":      func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
		"another machine without TLS": func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4711" },
	} {
		r := request("POST", oidcPath, `{"issuer":"`+e.issuer.URL+`"}`)
		change(r)
		if got := e.answer(r).StatusCode; got != http.StatusForbidden {
			t.Errorf("%s begins a sign-in: %d", name, got)
		}
	}
	if got := e.answer(request("POST", oidcPath, `{"issuer":"https://evil.example"}`)).StatusCode; got != http.StatusBadGateway {
		t.Errorf("an issuer that is not configured: %d", got)
	}
}

// TestStatesThatNobodyBeganFillNoLog: whoever reaches the console may come with any.
func TestStatesThatNobodyBeganFillNoLog(t *testing.T) {
	e := newEntrance(t, "")
	var log strings.Builder
	e.log = slog.New(slog.NewTextHandler(&log, nil))
	e.back(origin+oidcPath+"?state=guessed&code=x", nil)
	if log.Len() != 0 {
		t.Errorf("logged: %s", &log)
	}
	cookie, page := e.leave("/console/")
	back := e.visit(page)
	if e.back(back, nil); !strings.Contains(log.String(), "sign-in to the console was refused") {
		t.Errorf("a sign-in that comes back in another browser is not logged: %s", &log)
	}
	for _, secret := range []string{cookie.Value, strings.TrimPrefix(back, origin+oidcPath)} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %s", secret)
		}
	}
}
