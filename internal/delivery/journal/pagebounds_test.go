package journal

import (
	"bytes"
	"context"
	"testing"
	"time"
)

// TestTooLongPagesAreReadAndNotWritten: earlier versions have written them; the page behind
// is there too.
func TestTooLongPagesAreReadAndNotWritten(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	long := make([]byte, maxFrame+1)
	if _, err := s.Append(t.Context(), 1, long); err == nil {
		t.Error("it is written")
	}
	s.unsynced = appendFrame(s.unsynced, frame{kind: framePage, sequence: s.sequence + 1, synced: s.synced, page: s.next, content: long})
	s.sequence, s.next = s.sequence+1, s.next+1
	number := mustAppend(t, s, 1, "one")
	if _, kept := openDisk(t, copyDir(t, dir)); len(kept) != 2 || len(kept[number-1]) != len(long) || kept[number] != "one" {
		t.Errorf("%d pages are kept", len(kept))
	}
}

// bulk is a message with a long body.
type bulk []byte

func (b bulk) Encode() []byte                     { return append(NewContent(len(b)), b...) }
func (b bulk) Forget()                            {}
func (bulk) Decode([]byte, int) ([]string, error) { return nil, nil }

// TestPagesOfMovedContentsAreBounded: records whose contents are in the journal alone are
// written again in as many pages as new ones, of which recovery reads every one.
func TestPagesOfMovedContentsAreBounded(t *testing.T) {
	const messages, length = 80, 512 << 10 // more than maxFrame together
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.full = segmentSize
	var records []*Record
	var due []func()
	owner := Owner{
		Do:       func(do func()) { do() },
		At:       func(_ time.Time, do func()) { due = append(due, do) },
		Accepted: func(r *Record) { records = append(records, r) },
	}
	j := New(s, owner, quiet())
	written := make(chan struct{})
	go func() { defer close(written); j.Write(t.Context()) }()
	for n := range messages {
		r := &Record{}
		r.NewMessage(bulk(bytes.Repeat([]byte{byte(n)}, length)), time.Now(), nil)
		j.Put(EntryOf(r))
	}
	if err := j.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	entries := []Entry{}
	for _, r := range records {
		r.Attempts, r.Away = 1, true
		r.home.moving = true
		entries = append(entries, r.again())
	}
	j.Put(entries...)
	j.Seal()
	<-written
	longest := 0
	for _, p := range s.places {
		longest = max(longest, p.size)
	}
	if longest > maxPageBytes+length {
		t.Errorf("a page has %d bytes", longest)
	}
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	left := New(OnDisk(dir, nil, quiet()), Owner{NewMessage: func() *Record { return &Record{Message: bulk(nil)} }}, quiet())
	found, err := left.Recover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Messages) != messages {
		t.Errorf("%d of %d messages are left", len(found.Messages), messages)
	}
	for _, r := range found.Messages {
		if r.Attempts != 1 {
			t.Fatalf("message %d has not been written again", r.Seq)
		}
	}
}
