package callautomation

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/golden"
)

// promised is a promise of each kind of operation, filled as it could happen.
func promised(kind call.OperationKind) call.Head {
	head := testHead("2026-03-12")
	head.Control.Context, head.Control.SpeechEndpoint = "of the call", "https://speech.test"
	head.Operation = call.Operation{ID: "op", Kind: kind, Context: "operation", CallbackURI: "http://app.test/operation"}
	switch kind {
	case call.CancelAddOperation:
		head.Operation.Invitation = "8737c343-1111-4222-8333-444444444444"
	case call.MoveOperation:
		head.Operation.Who, head.Operation.From = phoneID("+15551230001"), "02001680-0000-4000-8000-000000000000"
	case call.RecordingOperation:
		head.Operation.Recording, head.Operation.Began = "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiJ4In0", time.Date(2026, 11, 20, 12, 59, 59, 0, time.UTC)
	case call.AddOperation, call.RemoveOperation, call.TransferOperation, call.TonesOperation:
		head.Operation.Who = phoneID("+15551230001")
	}
	return head
}

// TestPromisesAreGolden asks of each operation whose acceptance is kept for its form
// on disk, in this version and in the one before, and that both are read the same.
func TestPromisesAreGolden(t *testing.T) {
	for _, kind := range call.Operations() {
		if !kind.Kept() {
			continue
		}
		t.Run(kind.String(), func(t *testing.T) {
			want := promised(kind)
			text, err := writePromise(want)
			if err != nil {
				t.Fatal(err)
			}
			versions := map[string][]byte{"1": text}
			if slices.Contains(kinds0[:], kind) { // version 0 knew it
				versions["0"] = nil
			}
			for version, written := range versions {
				stored := goldenPromise(t, filepath.Join("testdata", "promise", version, kind.String()+".json"), written)
				got, err := readPromise(stored)
				if err != nil {
					t.Fatalf("version %s: %v", version, err)
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("version %s is read as\n%+v, want\n%+v", version, got, want)
				}
			}
		})
	}
}

// goldenPromise holds a promise to its file, unless it is one of an earlier version, which
// nobody writes any more; and returns the file.
func goldenPromise(t *testing.T, file string, written []byte) []byte {
	t.Helper()
	if written != nil {
		golden.CompareJSON(t, file, written)
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestPromisesThatCannotBeReadAreTold(t *testing.T) {
	for text, want := range map[string]string{
		`{`:                                      "unexpected end",
		`{"version":2}`:                          "its version is 2",
		`{"version":1,"operation":{"kind":"x"}}`: `"x" is no operation`,
		`{"Operation":{"Kind":14}}`:              "14 is no operation of version 0",
		`{"Operation":{"Kind":-1}}`:              "-1 is no operation of version 0",
	} {
		if _, err := readPromise([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// TestEveryKindIsCompleteEverywhere walks the table of operations: each event that
// ends one has a form on the wire, a golden file and a place in the page's row, and
// what is kept of an operation is told its end after a crash.
func TestEveryKindIsCompleteEverywhere(t *testing.T) {
	text, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, _ := strings.Cut(string(text), "### Operations and the events that end them")
	page, _, _ = strings.Cut(page, "### ")
	for _, kind := range call.Operations() {
		row := regexp.MustCompile(`(?m)^\| ` + kind.String() + ` \|[^|]*\|([^|]*)\|([^|]*)\|$`).FindStringSubmatch(page)
		if row == nil {
			t.Errorf("docs/compatibility.md has no row for %s", kind)
			continue
		}
		for _, e := range kind.Ends() {
			o, ok := describe(e)
			if !ok {
				t.Errorf("%s ends with %T, which has no form on the wire", kind, e)
				continue
			}
			if _, err := os.Stat(filepath.Join("testdata", "2026-03-12", o.name+".json")); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
			if !strings.Contains(row[1], o.name) {
				t.Errorf("%s ends with %s, and docs/compatibility.md says %s", kind, o.name, row[1])
			}
			if len(o.releases(e)) == 0 {
				t.Errorf("%s ends with %s, which fulfils no promise", kind, o.name)
			}
		}
		if !kind.Kept() {
			continue
		}
		kept, err := writePromise(promised(kind))
		if err != nil {
			t.Fatalf("the promise of %s has no form: %v", kind, err)
		}
		after := &outbox{held: map[string][]byte{}}
		NewCallbacks(after, slog.New(slog.DiscardHandler)).Recover([]journal.Hold{{Key: operationKey("op"), Body: kept}})
		if fulfilled := len(after.posted) > 0; fulfilled == (kind == call.ConnectOperation) {
			t.Errorf("%s: %d events after a crash; the end of its connection tells of a connect alone", kind, len(after.posted))
		}
		for _, m := range after.posted {
			if !strings.Contains(row[2], m.Note) {
				t.Errorf("%s is told by %s after a crash, and docs/compatibility.md says %s", kind, m.Note, row[2])
			}
		}
	}
}

// TestEventWithoutAFormIsNotSent asks that what the wire does not know is logged
// instead of being posted with an empty type.
func TestEventWithoutAFormIsNotSent(t *testing.T) {
	kept := &outbox{held: map[string][]byte{}}
	var log bytes.Buffer
	NewCallbacks(kept, slog.New(slog.NewTextHandler(&log, nil))).Publish(struct{ call.Event }{call.PlayStarted{Head: testHead("2026-03-12")}})
	if len(kept.posted) != 0 || !strings.Contains(log.String(), "no form on the wire") {
		t.Errorf("posted %d messages and logged %q", len(kept.posted), log.String())
	}
}
