package server

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
)

func openData(t *testing.T, dir string) *Data {
	t.Helper()
	d, err := OpenData(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func openResource(t *testing.T, d *Data, given Identity) *Resource {
	t.Helper()
	r, err := d.OpenResource(given)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func key(t *testing.T, text string) auth.Key {
	t.Helper()
	k, err := auth.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSecondServerOnTheDirectoryIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	first := openData(t, dir)
	_, err := OpenData(dir)
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
	openData(t, dir)
}

func TestNothingRunsOnAMissingDirectory(t *testing.T) {
	if _, running, err := Running(filepath.Join(t.TempDir(), "none")); err != nil || running {
		t.Errorf("got %v %v", running, err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	dir := filepath.Join(t.TempDir(), "data")
	d := openData(t, dir)
	openResource(t, d, Identity{})
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

func TestLeftoversOfAKilledServerAreCleared(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{AddressesFile, ".switchhook-123.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	openData(t, dir)
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

func TestResourceIsTheSameAtTheSecondStart(t *testing.T) {
	dir := t.TempDir()
	d := openData(t, dir)
	first := openResource(t, d, Identity{})
	d.Close()
	second := openResource(t, openData(t, dir), Identity{})
	if first.ID != second.ID || first.Keys.String() != second.Keys.String() {
		t.Errorf("%s became %s", first.ID, second.ID)
	}
}

func TestResourceMovesIn(t *testing.T) {
	d := openData(t, t.TempDir())
	given := Identity{ID: someGUID, Key1: key(t, someKey), Key2: key(t, otherKey)}
	r := openResource(t, d, given)
	if r.ID != someGUID || r.Keys.Get(auth.Primary).Base64() != someKey || r.Keys.Get(auth.Secondary).Base64() != otherKey {
		t.Error("not as given")
	}
	openResource(t, d, given) // the same settings at each start
	openResource(t, d, Identity{})

	tests := []struct {
		name  string
		given Identity
		want  []string
	}{
		{"other id", Identity{ID: otherGUID}, []string{"--resource-id", someGUID, resourceFile}},
		{"other key1", Identity{Key1: auth.NewKey()}, []string{"--key1", r.Keys.Get(auth.Primary).ID(), "keys rotate primary"}},
		{"other key2", Identity{Key2: auth.NewKey()}, []string{"--key2", r.Keys.Get(auth.Secondary).ID()}},
	}
	for _, test := range tests {
		_, err := d.OpenResource(test.given)
		if err == nil {
			t.Errorf("%s: accepted", test.name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q is not in: %v", test.name, want, err)
			}
		}
		if strings.Contains(err.Error(), someKey) || strings.Contains(err.Error(), otherKey) {
			t.Errorf("%s: a key is in: %v", test.name, err)
		}
	}
}

func TestEqualKeysAreRefused(t *testing.T) {
	if _, err := openData(t, t.TempDir()).OpenResource(Identity{Key1: key(t, someKey), Key2: key(t, someKey)}); err == nil {
		t.Error("accepted")
	}
}

func TestDamagedResourceSaysWhatToDo(t *testing.T) {
	d := openData(t, t.TempDir())
	for _, text := range []string{"", "{", `{"resourceId":"x"}`, `{"resourceId":"` + someGUID + `","primaryKey":"hush!","secondaryKey":"hush!"}`} {
		if err := d.SaveFile(resourceFile, []byte(text)); err != nil {
			t.Fatal(err)
		}
		_, err := d.OpenResource(Identity{})
		if err == nil || !strings.Contains(err.Error(), d.Path(resourceFile)) || !strings.Contains(err.Error(), "backup") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnnouncedFilesServeScripts(t *testing.T) {
	d := openData(t, t.TempDir())
	r := openResource(t, d, Identity{})
	want := Addresses{HTTPS: "localhost:1443", HTTP: "localhost:1080", SIP: "127.0.0.1:5060"}
	if err := r.Announce(want); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAddresses(d.Dir())
	if err != nil || got != want {
		t.Errorf("addresses are %+v %v", got, err)
	}
	var members map[string]string
	text, _ := d.LoadFile(AddressesFile)
	if err := json.Unmarshal(text, &members); err != nil || len(members) != 3 {
		t.Errorf("closed doors are in %s", text)
	}
	connection, err := ReadConnection(d.Dir())
	if err != nil || connection.Endpoint.String() != "https://localhost:1443/" || connection.Key.ID() != r.Keys.Get(auth.Primary).ID() {
		t.Errorf("connection is %v %v", connection, err)
	}
}

func TestRotatedKeySurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	d := openData(t, dir)
	r := openResource(t, d, Identity{})
	if err := r.Announce(Addresses{HTTPS: "localhost:1443"}); err != nil {
		t.Fatal(err)
	}
	old := r.Keys.Get(auth.Primary)
	fresh, err := r.Rotate(auth.Primary)
	if err != nil {
		t.Fatal(err)
	}
	if r.Keys.Known(old.ID()) || !r.Keys.Known(fresh.ID()) {
		t.Error("the old key is still in force")
	}
	d.Close()
	d = openData(t, dir)
	again := openResource(t, d, Identity{})
	if again.Keys.Get(auth.Primary).ID() != fresh.ID() {
		t.Error("the new key was not stored")
	}
	// Stopped, a rotation still reaches the scripts' file.
	fresh, err = again.Rotate(auth.Primary)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := ReadConnection(dir)
	if err != nil || connection.Key.ID() != fresh.ID() || connection.Endpoint.Host != "localhost:1443" {
		t.Errorf("connection is %v %v", connection, err)
	}
}

func TestConnectionStrings(t *testing.T) {
	for text, good := range map[string]bool{
		"endpoint=https://localhost:8443/;accesskey=" + someKey:      true,
		"AccessKey=" + someKey + ";Endpoint=http://localhost:8080\n": true,
		"endpoint=https://localhost:8443/":                           false,
		"accesskey=" + someKey:                                       false,
		"endpoint=localhost:8443;accesskey=" + someKey:               false,
		"endpoint=https://localhost/path;accesskey=" + someKey:       false,
		"endpoint=https://localhost;accesskey=short":                 false,
		"": false,
	} {
		if _, err := ParseConnection(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzParseConnection(f *testing.F) {
	f.Add("endpoint=https://localhost:8443/;accesskey=" + someKey)
	f.Add(";;=;endpoint==")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseConnection(text); err == nil && (c.Endpoint == nil || c.Key.ID() == "") {
			t.Errorf("%q gave half a connection", text)
		}
	})
}

func TestImportedIdentitiesWaitForTheNextStart(t *testing.T) {
	d := openData(t, t.TempDir())
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

func TestLocalhostIsBothLoopbackAddresses(t *testing.T) {
	listeners, address, err := Listen(context.Background(), "--https", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	for _, listener := range listeners {
		defer listener.Close()
		if portOf(listener) != portOf(listeners[0]) {
			t.Error("the ports differ")
		}
	}
	if address != "localhost:"+portOf(listeners[0]) {
		t.Errorf("address is %s", address)
	}
	_, _, err = Listen(context.Background(), "--https", address)
	if err == nil || !strings.Contains(err.Error(), "--https") || !strings.Contains(err.Error(), "in use") {
		t.Errorf("taken port: %v", err)
	}
}

func TestWildcardIsReachedThroughLoopback(t *testing.T) {
	listeners, address, err := Listen(context.Background(), "--http", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listeners[0].Close()
	if address != "localhost:"+portOf(listeners[0]) {
		t.Errorf("address is %s", address)
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
		d, err := OpenData(dir)
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
