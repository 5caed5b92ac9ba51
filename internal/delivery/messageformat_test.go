package delivery

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/golden"
)

// sample is a message with a value in every member that the journal keeps.
var sample = Message{
	ID: "b3f1", Policy: "eventgrid", Group: "INCOMING", Lane: "INCOMING/call-1", URL: "https://app.test/events?code=secret",
	Header: map[string]string{"Content-Type": "application/json; charset=utf-8"}, SecretHeaders: []string{"x-key"},
	Body: []byte(`[{"id":"b3f1"}]`), Batch: Batch{Key: "INCOMING", MaxEvents: 10, PreferredKB: 64},
	Last: true, Release: []string{"operation 7", "connection c1"}, Bearer: Bearer{Tenant: "contoso", Audience: "api://webhook"}, PerMinute: 120,
	MaxAttempts: 5, TTL: 90 * time.Minute, Note: "Microsoft.Communication.IncomingCall", DeadLetter: "folder:///dead", DeadLetterReason: "TimeToLiveExceeded",
	Event: Event{Subscription: "INCOMING", Schema: "EventGridSchema", Type: "Microsoft.Communication.IncomingCall", Time: time.UnixMilli(1_789_999_999_995)},
}

// TestSampleIsComplete: a member that is added to Message must be stored, or be
// listed here.
func TestSampleIsComplete(t *testing.T) {
	transient := map[string]bool{"Delay": true} // becomes the record's due time
	value := reflect.ValueOf(sample)
	for i := range value.NumField() {
		if name := value.Type().Field(i).Name; value.Field(i).IsZero() != transient[name] {
			t.Errorf("%s is not stored in the journal", name)
		}
	}
}

func TestMessageIsReadAsItWasWritten(t *testing.T) {
	odd := sample
	odd.Header, odd.Release = map[string]string{"A": "b:c", "C": ""}, []string{"x", ""}
	for _, want := range []Message{sample, odd, {}} {
		var got Message
		err := got.decode(encodeMessage(&want), journal.FormatFields)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v\nwant %+v", got, err, want)
		}
	}
}

// stored are the messages of the golden pages.
var stored = []Message{
	sample,
	{ID: "small", Policy: "callback", URL: "http://127.0.0.1/cb", Body: []byte("[]")},
	{ID: "first", Policy: "callback", Group: "c1", URL: "http://127.0.0.1/cb", Body: []byte("[1]"), MaxAttempts: 2},
	{ID: "second", Policy: "eventgrid", Group: "INCOMING", URL: "http://127.0.0.1/e", Body: []byte("[2]"), DeadLetter: "folder:///dead", Event: sample.Event},
}

// writtenPage is the page that the messages become, with a hold and a release
// among them.
func writtenPage(t *testing.T) []byte {
	store := journal.InMemory()
	j := journal.New(store, journal.Owner{Do: func(func()) {}}, quiet())
	ctx, end := context.WithCancel(t.Context())
	defer end()
	jobs := make([]journal.Entry, len(stored))
	for i, m := range stored {
		r := newJob(m, time.Now())
		if i == 0 {
			r.Attempts, r.First, r.Due = 3, r.Posted.Add(10*time.Millisecond), r.Posted.Add(time.Minute)
		}
		jobs[i] = journal.EntryOf(&r.Record)
	}
	hold := journal.HoldEntry(journal.Hold{Key: "connection c1", Body: []byte(`{"Connection":"c1"}`)})
	j.Put(jobs[0], jobs[1], hold, journal.ReleaseEntry("operation 8"), jobs[2], jobs[3])
	go j.Write(ctx)
	if err := j.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	j.Seal()
	page, err := store.Read(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestPageIsGolden: a journal outlives the program that wrote it.
func TestPageIsGolden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock stands still
		golden.Compare(t, "testdata/page.v2", writtenPage(t))
	})
}

// TestEveryVersionOfTheJournalIsRead: version 1 was written until the fields got
// numbers; its messages had three forms.
func TestEveryVersionOfTheJournalIsRead(t *testing.T) {
	for _, version := range []string{"page.v1", "page.v2"} {
		t.Run(version, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join("testdata", version))
			if err != nil {
				t.Fatal(err)
			}
			store := journal.InMemory()
			if _, err := store.Append(t.Context(), 1, page); err != nil {
				t.Fatal(err)
			}
			left, err := New(Config{Policies: policies()}, store, quiet()).journal.Recover(t.Context())
			if err != nil || len(left.Messages) != len(stored) {
				t.Fatalf("%d messages, %v", len(left.Messages), err)
			}
			for i, record := range left.Messages {
				if got := jobOf(record).msg; !reflect.DeepEqual(got, stored[i]) {
					t.Errorf("message %d is\n%+v, want\n%+v", i, got, stored[i])
				}
			}
			first := left.Messages[0]
			if first.Attempts != 3 || first.Due.Sub(first.Posted) != time.Minute || first.First.Sub(first.Posted) != 10*time.Millisecond || first.Posted.IsZero() {
				t.Errorf("the first record is %+v", first)
			}
			// The hold is younger than the message that ends one of its key.
			if len(left.Holds) != 1 || left.Holds[0].Key != "connection c1" || string(left.Holds[0].Body) != `{"Connection":"c1"}` {
				t.Errorf("holds %+v", left.Holds)
			}
		})
	}
}

func FuzzReadJournal(f *testing.F) {
	for _, version := range []string{"page.v1", "page.v2"} {
		page, err := os.ReadFile(filepath.Join("testdata", version))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		store := journal.InMemory()
		if _, err := store.Append(t.Context(), 1, page); err != nil {
			t.Fatal(err)
		}
		left, err := New(Config{Policies: policies()}, store, quiet()).journal.Recover(t.Context())
		if err != nil {
			return
		}
		// What can be read can be written, and is then the same.
		for _, record := range left.Messages {
			m := jobOf(record).msg
			var again Message
			err := again.decode(encodeMessage(&m), journal.FormatFields)
			if err != nil || again.ID != m.ID || !bytes.Equal(again.Body, m.Body) || again.TTL != m.TTL && m.TTL > 0 {
				t.Errorf("%+v became %+v, %v", m, again, err)
			}
		}
	})
}
