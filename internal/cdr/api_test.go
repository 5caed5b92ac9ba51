package cdr

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/rest"
)

// everybody lets everybody in.
type everybody struct{}

func (everybody) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{Administrator: true}, nil
}

func TestRecordsAreServedInPages(t *testing.T) {
	now := noon
	k := open(t, t.TempDir(), &now, Config{})
	defer k.Close()
	for _, id := range []string{"a", "b", "c"} {
		k.CallOver(phoneCall(t, id, now))
	}
	router := rest.New(rest.Config{Auth: everybody{}, Log: slog.New(slog.DiscardHandler)})
	k.Register(router)
	door := httptest.NewServer(router)
	defer door.Close()
	var all []string
	for url := door.URL + Path + "?api-version=2026-03-12&maxPageSize=2&about=%2B1555&since=2026-01-01T00:00:00Z"; url != ""; {
		response, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Value    []Record
			NextLink string
		}
		err = json.NewDecoder(response.Body).Decode(&page)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", url, response.Status, err)
		}
		all, url = append(all, ids(page.Value)), page.NextLink
	}
	if got := strings.Join(all, "|"); got != "c b|a" {
		t.Errorf("pages are %q", got)
	}
}

func TestSearchesThatAreRefused(t *testing.T) {
	now := noon
	k := open(t, t.TempDir(), &now, Config{})
	defer k.Close()
	router := rest.New(rest.Config{Auth: everybody{}, Log: slog.New(slog.DiscardHandler)})
	k.Register(router)
	for query, names := range map[string]string{
		"since=yesterday": "since", "failed=perhaps": "failed", "skipToken=nonsense": "page token", "about=" + strings.Repeat("x", 300): "about",
	} {
		answer := httptest.NewRecorder()
		router.ServeHTTP(answer, httptest.NewRequest("GET", Path+"?api-version=2026-03-12&"+query, nil))
		body, _ := io.ReadAll(answer.Body)
		if answer.Code != http.StatusBadRequest || !strings.Contains(string(body), names) {
			t.Errorf("%.40s: %d %s", query, answer.Code, body)
		}
	}
}
