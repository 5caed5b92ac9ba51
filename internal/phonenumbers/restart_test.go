package phonenumbers

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/store"
)

func open(t *testing.T, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOwnershipSurvivesARestart asks that the configuration says what there is,
// and what was done says whose it is.
func TestOwnershipSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	f := newFixture(t, store.OnBackbone(b))
	id, _ := f.find(t, "")
	w := f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+id+`"}`, 202)
	f.send(t, "DELETE", "/phoneNumbers/%2B15550100001", "", 202)
	f.send(t, "PATCH", reservation1, `{"phoneNumbers":{"14255550102":{}}}`, 201)
	held, _ := f.find(t, "") // holds the released number
	before := f.send(t, "GET", "/phoneNumbers", "", 200).Body.String()
	f.Close()
	b.Close()

	b = open(t, dir)
	f = newFixture(t, store.OnBackbone(b), func(cfg *Config) { cfg.Owned = append(cfg.Owned, "+4930123456") })
	f.now = f.now.Add(time.Minute)
	f.ended(t, w, succeeded)
	if !f.Owns("+14255550101") || f.Owns("+15550100001") || !f.Owns("+4930123456") {
		t.Error("the wrong numbers are ours")
	}
	if len(f.inventory.list(func(n *number) bool { return n.freeFor("", f.now) && n.country.iso == "US" && n.kind == geographic })) != 0 {
		t.Error("what was held is free")
	}
	f.send(t, "POST", "/availablePhoneNumbers/:purchase", `{"searchId":"`+held+`"}`, 202)
	f.Close()
	b.Close()

	b = open(t, dir)
	defer b.Close()
	f = newFixture(t, store.OnBackbone(b), func(cfg *Config) { cfg.Owned = []string{"+15550100002"}; cfg.Available = []string{"+14255550101"} })
	defer f.Close()
	if after := f.send(t, "GET", "/phoneNumbers", "", 200).Body.String(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if f.Owns("+15550100001") {
		t.Error("a number that is not configured any more is ours")
	}
}

// TestCutOffOperationIsFinished asks that what a crash has left is done.
func TestCutOffOperationIsFinished(t *testing.T) {
	backend := store.InMemory()
	f := newFixture(t, backend)
	id, found := f.find(t, `,"quantity":2`)
	begun := operation{Type: purchasing.name, Status: running, Created: f.now, Plan: task{Search: id}}
	gone := operation{Type: releasing.name, Status: running, Created: f.now, Plan: task{Release: "+19995550100"}}
	if err := errors.Join(f.operations.Put(t.Context(), "purchase_x", begun), f.operations.Put(t.Context(), "release_x", gone)); err != nil {
		t.Fatal(err)
	}
	f.Close()
	f = newFixture(t, backend)
	defer f.Close()
	if !f.Owns(found[0]) || !f.Owns(found[1]) {
		t.Error("the purchase was not finished")
	}
	for id, want := range map[string]string{"purchase_x": succeeded, "release_x": failed} {
		if got := read[operationAnswer](t, f, "/phoneNumbers/operations/"+id); got.Status != want {
			t.Errorf("%s: %+v", id, got)
		}
	}
	if s, err := f.searches.Get(t.Context(), id); err != nil || s.Purchase != "x" {
		t.Errorf("the search knows of purchase %q, %v", s.Purchase, err)
	}
}
