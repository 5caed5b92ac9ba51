package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// reader is a value in its second version; the first had one member, and version 0
// was a bare text.
type reader struct {
	First string `json:"first"`
	Last  string `json:"last"`
}

var readers = Define[reader]("test-readers",
	func(old json.RawMessage) (json.RawMessage, error) { return []byte(`{"name":` + string(old) + `}`), nil },
	Convert(func(old struct {
		Name string `json:"name"`
	}) (reader, error) {
		first, last, found := strings.Cut(old.Name, " ")
		if !found {
			return reader{}, errors.New("the name has one part")
		}
		return reader{first, last}, nil
	}))

func TestEarlierVersionsAreUpgradedStepByStep(t *testing.T) {
	for _, test := range []struct{ name, stored, problem string }{
		{"without a version", `"Ann Lee"`, ""},
		{"the first version", `{"version":1,"value":{"name":"Ann Lee"}}`, ""},
		{"the present version", `{"version":2,"value":{"first":"Ann","last":"Lee"}}`, ""},
		{"a newer version", `{"version":3,"value":{"names":[]}}`, "stored in version 3, and this build reads versions up to 2"},
		{"an upgrade that fails", `"Ann"`, "stored in version 1, and not upgraded to version 2: the name has one part"},
		{"an upgrade that cannot read", `{"version":1,"value":{"name":7}}`, "stored in version 1, and not upgraded to version 2"},
		{"half an envelope", `{"version":1,"val`, "stored damaged"},
		{"an envelope without an end", `{"version":2,"value":{}`, "stored damaged"},
		{"no number", `{"version":x,"value":{}}`, "stored damaged"},
		{"version 0 in an envelope", `{"version":0,"value":{}}`, "stored damaged"},
		{"another value", `{"version":2,"value":[]}`, "stored damaged"},
	} {
		got, err := readers.Decode([]byte(test.stored))
		switch {
		case test.problem == "" && (err != nil || got != reader{"Ann", "Lee"}):
			t.Errorf("%s: %v, %v", test.name, got, err)
		case test.problem != "" && (err == nil || !strings.Contains(err.Error(), test.problem)):
			t.Errorf("%s: %v, %v, want %q", test.name, got, err, test.problem)
		}
	}
}

// TestOldValuesAreRewrittenWhenSaved: reading leaves them alone.
func TestOldValuesAreRewrittenWhenSaved(t *testing.T) {
	both(t, func(t *testing.T, backend Backend) {
		ctx := t.Context()
		c, err := NewCollection(backend, readers)
		must(t, err)
		defer c.Close()
		key, _ := c.key("a")
		_, err = c.bucket.put(ctx, key, []byte(`"Ann Lee"`))
		must(t, err)
		if got, err := c.Get(ctx, "a"); err != nil || got.Last != "Lee" {
			t.Fatalf("%v, %v", got, err)
		}
		stored := func() []byte {
			e, err := c.bucket.get(ctx, key)
			must(t, err)
			return e.value
		}
		if !bytes.Equal(stored(), []byte(`"Ann Lee"`)) {
			t.Errorf("reading has stored %s", stored())
		}
		must(t, c.Update(ctx, "a", func(r *reader) error { r.First = "Bea"; return nil }))
		if want := `{"version":2,"value":{"first":"Bea","last":"Lee"}}`; string(stored()) != want {
			t.Errorf("stored %s, want %s", stored(), want)
		}
	})
}

// TestNewerValuesAreReportedAndKept: an older build neither reads them as something
// else nor leaves them out.
func TestNewerValuesAreReportedAndKept(t *testing.T) {
	ctx := t.Context()
	c, err := NewCollection(InMemory(), readers)
	must(t, err)
	defer c.Close()
	key, _ := c.key("a")
	newer := []byte(`{"version":7,"value":{}}`)
	_, err = c.bucket.put(ctx, key, newer)
	must(t, err)
	_, got := c.Get(ctx, "a")
	_, _, listed := c.List(ctx, "", 10)
	updated := c.Update(ctx, "a", func(*reader) error { return nil })
	for did, err := range map[string]error{"get": got, "list": listed, "update": updated} {
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), `test-readers "a"`) || !strings.Contains(err.Error(), "version 7") {
			t.Errorf("%s: %v", did, err)
		}
	}
	if e, err := c.bucket.get(ctx, key); err != nil || !bytes.Equal(e.value, newer) {
		t.Errorf("it became %s, %v", e.value, err)
	}
}

func TestANameIsDefinedOnce(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two schemas share a name")
		}
	}()
	Define[user]("test-users")
}
