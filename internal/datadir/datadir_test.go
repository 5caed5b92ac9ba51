package datadir

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

func open(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func TestSecondServerOnTheDirectoryIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	first := open(t, dir)
	_, err := Open(dir)
	var inUse *InUseError
	if !errors.As(err, &inUse) || inUse.PID != os.Getpid() || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("got %v", err)
	}
	if pid, running, err := Running(dir); err != nil || !running || pid != os.Getpid() {
		t.Errorf("running is %v %v %v", pid, running, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if _, running, err := Running(dir); err != nil || running {
		t.Errorf("after the end, running is %v %v", running, err)
	}
	open(t, dir)
}

func TestNothingRunsOnAMissingDirectory(t *testing.T) {
	if _, running, err := Running(filepath.Join(t.TempDir(), "none")); err != nil || running {
		t.Errorf("got %v %v", running, err)
	}
}

func TestLeftoversOfAKilledServerAreCleared(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{AddressesFile, ".switchhook-123.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if entry.Name() != lockFile && entry.Name() != PIDFile {
			t.Errorf("%s is still there", entry.Name())
		}
	}
}

func TestFailedWriteKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "folder")
	if err := os.MkdirAll(filepath.Join(name, "inside"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(name, []byte("x"), 0o600); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v", err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("a half-written file is left: %v", entries)
	}
}

func TestImportedIdentitiesWaitForTheNextStart(t *testing.T) {
	d := open(t, t.TempDir())
	for _, ids := range [][]string{{"b", "a"}, {"a", "c"}} {
		if err := d.QueueIdentities(ids); err != nil {
			t.Fatal(err)
		}
	}
	if ids, err := d.QueuedIdentities(); err != nil || strings.Join(ids, "") != "abc" {
		t.Errorf("got %q %v", ids, err)
	}
	if err := d.ForgetQueuedIdentities(); err != nil {
		t.Fatal(err)
	}
	if ids, err := d.QueuedIdentities(); err != nil || len(ids) != 0 {
		t.Errorf("got %q %v", ids, err)
	}
}

func TestLookingWhetherAServerRunsDoesNotRefuseOneThatStarts(t *testing.T) {
	dir := t.TempDir()
	looking, err := os.Create(filepath.Join(dir, lockFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := tryLock(looking); err != nil {
		t.Fatal(err)
	}
	started := make(chan error, 1)
	go func() {
		d, err := Open(dir)
		if err == nil {
			err = d.Close()
		}
		started <- err
	}()
	select {
	case err := <-started:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(20 * time.Millisecond): // a look takes far less
	}
	looking.Close()
	if err := <-started; err != nil {
		t.Error(err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	dir := filepath.Join(t.TempDir(), "data")
	d := open(t, dir)
	if err := d.SaveFile("file", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("the directory is %v", info.Mode())
	}
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		if info, _ := entry.Info(); info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v", entry.Name(), info.Mode())
		}
	}
}

func TestAnnouncedAddressesServeScripts(t *testing.T) {
	d := open(t, t.TempDir())
	want := Addresses{HTTPS: "localhost:1443", HTTP: "localhost:1080", SIP: "127.0.0.1:5060"}
	if err := d.Announce(want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAddresses(d.Name())
	if err != nil || got != want {
		t.Errorf("addresses are %+v %v", got, err)
	}
	var members map[string]string
	text, _ := d.LoadFile(AddressesFile)
	if err := json.Unmarshal(text, &members); err != nil || len(members) != 3 {
		t.Errorf("listeners that are off are in %s", text)
	}
}
