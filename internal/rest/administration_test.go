package rest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
)

// keyHolder signs with one of the access keys.
type keyHolder string

func (k keyHolder) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{Key: string(k), Administrator: k == "primary"}, nil
}

// TestAdministrationNeedsItsPermission goes by the path, in every spelling that the
// router takes.
func TestAdministrationNeedsItsPermission(t *testing.T) {
	for pattern, paths := range map[string][]string{
		"/admin/phones":                 {"/admin/phones", "/ADMIN/Phones", "/%61dmin/phones"},
		"/admin:reload":                 {"/admin:reload"},
		"/subscriptions/{subscription}": {"/subscriptions/1", "/Subscriptions/1"},
		"//subscriptions/{s}/keys":      {"//subscriptions/1/keys"},
	} {
		for _, key := range []keyHolder{"primary", "secondary"} {
			router := New(Config{Auth: key})
			router.Handle("POST", pattern, func(w http.ResponseWriter, _ *http.Request) error { return nil }, NoVersion())
			router.Handle("POST", "/identities", func(w http.ResponseWriter, _ *http.Request) error { return nil }, NoVersion())
			for _, path := range append(paths, "/identities") {
				want := http.StatusOK
				if key == "secondary" && path != "/identities" {
					want = http.StatusForbidden
				}
				w := httptest.NewRecorder()
				router.ServeHTTP(w, httptest.NewRequest("POST", "http://localhost"+path, nil))
				if w.Code != want {
					t.Errorf("%s key: %s answers %d, want %d", key, path, w.Code, want)
				}
			}
		}
	}
}
