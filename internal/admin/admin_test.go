package admin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
)

const resourceID = "11111111-2222-4333-8444-555555555555"

// everyone accepts all requests, as an administrator's.
type everyone struct{}

func (everyone) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{Administrator: true}, nil
}

// as accepts all requests, as those of one sender.
type as auth.Principal

func (a as) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal(a), nil
}

// nobody refuses all requests.
type nobody struct{}

func (nobody) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{}, fault.Unauthorized("no credentials")
}

// users are identities that exist.
type users []identifier.ID

func (u users) Exists(_ context.Context, id identifier.ID) (bool, error) {
	return slices.Contains(u, id), nil
}

func (users) Import(context.Context, []string) (int, error) { return 0, errors.New("not here") }

// owned are phone numbers of the resource.
type owned []string

func (o owned) Owns(number string) bool { return slices.Contains(o, number) }

func routerFor(a *API, auth rest.Authenticator) *rest.Router {
	router := rest.New(rest.Config{Auth: auth, Log: slog.New(slog.DiscardHandler)})
	a.Routes(router)
	return router
}

// TestEveryRouteAsksForAnAdministrator: the administration has no way past the
// authentication of package rest, and the secondary key is not enough for it.
func TestEveryRouteAsksForAnAdministrator(t *testing.T) {
	for name, test := range map[string]struct {
		by   rest.Authenticator
		want int
	}{
		"nobody":        {nobody{}, http.StatusUnauthorized},
		"secondary key": {as{Key: "secondary"}, http.StatusForbidden},
		"token":         {as{Issuer: "https://issuer.example", Subject: "app"}, http.StatusForbidden},
	} {
		router := routerFor(New(Config{}), test.by)
		for _, route := range []string{
			"POST " + resource.ARMPath + "/listKeys", "POST " + resource.ARMPath + "/regenerateKey",
			"POST " + IdentitiesPath + ":import", "GET " + IdentitiesPath, "GET " + deadLettersPath,
			"GET " + EventFailuresPath, "GET " + EventAttemptsPath, "GET " + EventTailPath, "POST " + EventsPath + ":redeliver",
			"GET " + TrunksPath, "GET " + NumbersPath,
			"GET " + PhonesPath, "POST " + PhonesPath, "GET " + PhonesPath + "/101", "DELETE " + PhonesPath + "/101", "POST " + PhonesPath + "/101:resetPassword",
			"GET " + OverviewPath, "GET " + numberTestPath, "GET " + guardsPath, "GET " + linesPath, "PUT " + linesPath + "/+15557770001", "DELETE " + linesPath + "/+15557770001", "POST " + ConsolePath + ":link",
		} {
			method, path, _ := strings.Cut(route, " ")
			w := httptest.NewRecorder()
			router.ServeHTTP(w, httptest.NewRequest(method, path+"?api-version=2024-01-01", strings.NewReader("{}")))
			if w.Code != test.want {
				t.Errorf("%s: %s answers %d %s", name, route, w.Code, w.Body)
			}
		}
	}
}
