package console

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/rest"
)

const origin = "http://127.0.0.1:8080"

// office is a console in memory, whose clock stands at now.
type office struct {
	*Console
	t    *testing.T
	now  time.Time
	keys *auth.Keys
	news chan News

	watched func() string // by the last socket; after its first message
}

func newOffice(t *testing.T) *office {
	t.Helper()
	keys, err := auth.NewKeys(auth.NewKey(), auth.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, now: time.Now(), keys: keys, news: make(chan News)}
	clock := func() time.Time { return o.now }
	authenticator := auth.NewAuthenticator(auth.Config{Keys: keys, Now: clock})
	apis := rest.New(rest.Config{Auth: authenticator, Log: slog.New(slog.DiscardHandler)})
	for _, method := range []string{"GET", "POST", "DELETE"} {
		for _, path := range []string{"/admin/things", "/rooms"} {
			apis.Handle(method, path, func(w http.ResponseWriter, r *http.Request) error {
				if r.Header.Get("Cookie") != "" || r.Header.Get("Authorization") != "" {
					t.Error("the API sees the credentials of the session")
				}
				return rest.WriteJSON(w, http.StatusOK, map[string]string{"key": rest.Sender(r.Context()).Key})
			}, rest.NoVersion())
		}
	}
	o.Console, err = New(Config{
		Name: "11111111", Hosts: auth.NewHosts("calls.example"), Keys: keys, Auth: authenticator, APIs: apis,
		Live: Live{
			Figures: func() any { return map[string]int{"calls": 3} },
			Follow: func(_ context.Context, watched func() string) (<-chan News, error) {
				o.watched = watched
				return o.news, nil
			},
		},
		Log: slog.New(slog.DiscardHandler), Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

// request is one of our page on this machine.
func request(method, path, body string) *http.Request {
	r := httptest.NewRequest(method, origin+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:4711"
	r.Header.Set("Origin", origin)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (o *office) answer(r *http.Request) *http.Response {
	o.t.Helper()
	w := httptest.NewRecorder()
	o.ServeHTTP(w, r)
	return w.Result()
}

// browser has the cookies and the token of a session.
type browser struct {
	*office
	cookie *http.Cookie
	about  about
}

// signedIn is the browser of an answer that signs in.
func (o *office) signedIn(answer *http.Response) *browser {
	o.t.Helper()
	text, _ := io.ReadAll(answer.Body)
	b := &browser{office: o}
	if err := json.Unmarshal(text, &b.about); err != nil || answer.StatusCode != http.StatusOK || len(answer.Cookies()) != 1 {
		o.t.Fatalf("%d %s, cookies %v", answer.StatusCode, text, answer.Cookies())
	}
	b.cookie = answer.Cookies()[0]
	return b
}

func (o *office) byLink(readOnly bool) *browser {
	o.t.Helper()
	return o.signedIn(o.answer(request("POST", Path+"session", linkBody(o.Link(readOnly, LinkTime)))))
}

func linkBody(link string) string {
	_, token, _ := strings.Cut(link, "#signin=")
	return `{"link":"` + token + `"}`
}

// signed is a sign-in with an access key.
func (o *office) signed(slot auth.Slot, once string) *http.Request {
	o.t.Helper()
	body := `{"once":"` + once + `"}`
	r := request("POST", Path+"session", body)
	if err := authtest.Sign(r, []byte(body), o.keys.Get(slot).Base64(), o.now); err != nil {
		o.t.Fatal(err)
	}
	return r
}

// request is one of the browser's page.
func (b *browser) request(method, path, body string) *http.Request {
	r := request(method, path, body)
	r.AddCookie(b.cookie)
	r.Header.Set(tokenField, b.about.Token)
	return r
}

// status answers what a request becomes.
func (b *browser) status(method, path string, change func(*http.Request)) int {
	b.t.Helper()
	r := b.request(method, path, "{}")
	if change != nil {
		change(r)
	}
	return b.answer(r).StatusCode
}
