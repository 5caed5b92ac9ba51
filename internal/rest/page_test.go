package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/store"
)

func TestPagesFollowEachOther(t *testing.T) {
	f := newFixture(t)
	var items []string
	for i := range 25 {
		items = append(items, fmt.Sprintf("item-%02d", i))
	}
	f.Handle("GET", "/calling/callConnections/{id}/participants", func(w http.ResponseWriter, r *http.Request) error {
		page, err := ReadPage(r, 10, 20)
		if err != nil {
			return err
		}
		part, next, err := Slice(items, page, func(s string) string { return s })
		if err != nil {
			return err
		}
		w.Header().Set("Next", NextLink(r, next))
		return WriteJSON(w, 200, part)
	})
	target, seen, pages := "/calling/callConnections/8%3Aa/participants?api-version=2026-03-12&maxPageSize=10", 0, 0
	for target != "" {
		w := f.send(t, "GET", target, "")
		f.want(t, w, 200, "")
		seen += strings.Count(w.Body.String(), "item-")
		pages++
		if pages == 1 { // what comes before the next page changes nothing
			items = slices.Delete(items, 3, 5)
		}
		next := w.Header().Get("Next")
		if next == "" {
			break
		}
		rest, ok := strings.CutPrefix(next, "http://localhost:8443")
		if u, err := url.Parse(next); !ok || err != nil || u.Query().Get("api-version") != "2026-03-12" || !strings.HasPrefix(rest, "/calling/callConnections/8%3Aa/participants?") {
			t.Fatalf("next link %q", next)
		}
		target = rest
	}
	if seen != 25 || pages != 3 {
		t.Fatalf("%d items on %d pages", seen, pages)
	}
	for _, query := range []string{"skipToken=%21%21", "skipToken=broken", "skipToken=a", "skipToken=" + store.PageToken("item-03")[1:], "skipToken=" + store.PageToken("item-03")[:6], "maxPageSize=0", "maxPageSize=x", "skipToken=" + strings.Repeat("a", maxPageToken+1)} {
		f.want(t, f.send(t, "GET", "/calling/callConnections/1/participants?api-version=2026-03-12&"+query, ""), 400, "8523")
	}
}
