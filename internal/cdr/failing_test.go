package cdr

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRecordsWaitWhileTheyCannotBeWritten, and are there once they can, in their order.
func TestRecordsWaitWhileTheyCannotBeWritten(t *testing.T) {
	now, dir := noon, filepath.Join(t.TempDir(), "calls")
	k := open(t, dir, &now, Config{})
	defer k.Close()
	if err := os.Remove(dir); err != nil { // it takes no file now
		t.Fatal(err)
	}
	k.CallOver(phoneCall(t, "one", now))
	k.Flush()
	k.CallOver(phoneCall(t, "two", now))
	k.Flush()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	k.CallOver(phoneCall(t, "three", now))
	got, _ := search(t, k, Query{})
	if list := ids(got); list != "three two one" {
		t.Errorf("found %s", list)
	}
}

// TestHalfALineOfAFailedWriteSpoilsNoOther.
func TestHalfALineOfAFailedWriteSpoilsNoOther(t *testing.T) {
	now, dir := noon, t.TempDir()
	k := open(t, dir, &now, Config{})
	defer k.Close()
	k.CallOver(phoneCall(t, "one", now))
	k.Flush()
	name := k.files.name
	// The disk has taken half a line, and takes nothing more: not even that it is cut off.
	whole := k.files.file
	half, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.WriteString(`{"version":1,"corr`); err != nil {
		t.Fatal(err)
	}
	half.Close()
	whole.Close() // so that the next write fails
	k.CallOver(phoneCall(t, "two", now))
	k.Flush()
	got, _ := search(t, k, Query{})
	text, err := os.ReadFile(filepath.Join(dir, name))
	if list := ids(got); err != nil || list != "two one" || strings.Count(string(text), "\n") != 2 || strings.Contains(string(text), `"corr{`) {
		t.Errorf("found %s in\n%s", list, text)
	}
}

// TestRecordsOfAClockThatWasAheadAreFound: the file of that day has those that followed too.
func TestRecordsOfAClockThatWasAheadAreFound(t *testing.T) {
	now := noon.AddDate(4, 0, 0)
	k := open(t, t.TempDir(), &now, Config{})
	defer k.Close()
	k.CallOver(phoneCall(t, "ahead", now))
	k.Flush()
	now = noon
	k.CallOver(phoneCall(t, "right", now))
	k.Flush()
	got, _ := search(t, k, Query{Until: now.Add(time.Hour)})
	if list := ids(got); list != "right" {
		t.Errorf("found %q", list)
	}
}

// TestClockThatIsSetForwardRemovesNoRecordsAtOnce: an operator has an hour to set it right, also
// after another start.
func TestClockThatIsSetForwardRemovesNoRecordsAtOnce(t *testing.T) {
	now, dir := noon, filepath.Join(t.TempDir(), "calls")
	for _, call := range []string{"before", "ahead", "ahead too"} {
		k := open(t, dir, &now, Config{Keep: 48 * time.Hour})
		k.CallOver(phoneCall(t, call, now))
		k.Flush()
		k.removeOld()
		got, _ := search(t, k, Query{})
		if list := ids(got); !strings.HasSuffix(list, "before") {
			t.Errorf("found %q", list)
		}
		k.Close()
		if call == "before" {
			now = now.AddDate(1, 0, 0)
		}
	}
	if err := os.Remove(dir + "-last-alive"); err != nil { // as if the time had been right
		t.Fatal(err)
	}
	k := open(t, dir, &now, Config{Keep: 48 * time.Hour})
	defer k.Close()
	if got, _ := search(t, k, Query{}); ids(got) != "ahead too ahead" {
		t.Errorf("found %q", ids(got))
	}
}

// TestEndThatIsNoLineSpoilsNoRecord: a loss of power can leave many zeros.
func TestEndThatIsNoLineSpoilsNoRecord(t *testing.T) {
	for _, zeros := range []int{1, 1000, maxLine - 1, maxLine, maxLine + 1000} {
		now, dir := noon, t.TempDir()
		k := open(t, dir, &now, Config{})
		k.CallOver(phoneCall(t, "one", now))
		k.Flush()
		name := filepath.Join(dir, k.files.name)
		k.Close()
		file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = file.Write(make([]byte, zeros))
		if err = errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		k = open(t, dir, &now, Config{})
		k.CallOver(phoneCall(t, "two", now))
		if got, _ := search(t, k, Query{}); ids(got) != "two one" {
			t.Errorf("behind %d zeros: found %q", zeros, ids(got))
		}
		k.Close()
	}
}
