package resource

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
)

const (
	someKey   = "c29tZSBhY2Nlc3Mga2V5IG9mIGEgcmVzb3VyY2U="
	otherKey  = "YW5vdGhlciBhY2Nlc3Mga2V5IG9mIGEgcmVzb3VyY2U="
	someGUID  = "6f1c2c1e-7b5a-4a38-9d55-0c1f3f8a9b2e"
	otherGUID = "11111111-2222-3333-4444-555555555555"
)

func openDir(t *testing.T, name string) *datadir.Dir {
	t.Helper()
	d, err := datadir.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func openResource(t *testing.T, d *datadir.Dir, given Identity) *Resource {
	t.Helper()
	r, err := Open(d, given)
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

func TestResourceIsTheSameAtTheSecondStart(t *testing.T) {
	dir := t.TempDir()
	d := openDir(t, dir)
	first := openResource(t, d, Identity{})
	d.Close()
	second := openResource(t, openDir(t, dir), Identity{})
	if first.ID != second.ID || first.Keys.String() != second.Keys.String() {
		t.Errorf("%s became %s", first.ID, second.ID)
	}
}

func TestResourceMovesIn(t *testing.T) {
	d := openDir(t, t.TempDir())
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
		_, err := Open(d, test.given)
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
	if _, err := Open(openDir(t, t.TempDir()), Identity{Key1: key(t, someKey), Key2: key(t, someKey)}); err == nil {
		t.Error("accepted")
	}
}

func TestDamagedResourceSaysWhatToDo(t *testing.T) {
	d := openDir(t, t.TempDir())
	for _, text := range []string{"", "{", `{"resourceId":"x"}`, `{"resourceId":"` + someGUID + `","primaryKey":"hush!","secondaryKey":"hush!"}`} {
		if err := d.SaveFile(resourceFile, []byte(text)); err != nil {
			t.Fatal(err)
		}
		_, err := Open(d, Identity{})
		if err == nil || !strings.Contains(err.Error(), d.Path(resourceFile)) || !strings.Contains(err.Error(), "backup") || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestStoredFormat: the golden file of the present version is what is written, and
// all golden files are read.
func TestStoredFormat(t *testing.T) {
	given := Identity{ID: someGUID, Key1: key(t, someKey), Key2: key(t, otherKey)}
	d := openDir(t, t.TempDir())
	openResource(t, d, given)
	written, err := d.LoadFile(resourceFile)
	if err != nil {
		t.Fatal(err)
	}
	for version := range savedVersion + 1 {
		golden, err := os.ReadFile(filepath.Join("testdata", "stored", fmt.Sprintf("resource.v%d.json", version)))
		if err != nil {
			t.Fatal(err)
		}
		if version == savedVersion && !bytes.Equal(written, golden) {
			t.Errorf("written is\n%s\nwant\n%s", written, golden)
		}
		if err := d.SaveFile(resourceFile, golden); err != nil {
			t.Fatal(err)
		}
		openResource(t, d, given) // which it must not contradict
	}
}

// TestResourceOfANewerVersionIsReported: it is not damaged, and must not be deleted.
func TestResourceOfANewerVersionIsReported(t *testing.T) {
	d := openDir(t, t.TempDir())
	if err := d.SaveFile(resourceFile, []byte(`{"version":2,"keys":[]}`)); err != nil {
		t.Fatal(err)
	}
	_, err := Open(d, Identity{})
	if err == nil || !strings.Contains(err.Error(), d.Path(resourceFile)) || !strings.Contains(err.Error(), "version 2") || strings.Contains(err.Error(), "delete") {
		t.Error(err)
	}
}

func TestRotatedKeySurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	d := openDir(t, dir)
	r := openResource(t, d, Identity{})
	if err := r.Announce("https://localhost:1443/"); err != nil {
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
	d = openDir(t, dir)
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

// TestSettingOfAReplacedKeyIsOutdated: a start with it is refused.
func TestSettingOfAReplacedKeyIsOutdated(t *testing.T) {
	d := openDir(t, t.TempDir())
	given := Identity{Key2: key(t, otherKey)}
	for name, r := range map[string]*Resource{"the first start": openResource(t, d, given), "a later one": openResource(t, d, given)} {
		if primary, secondary := r.Outdated(auth.Primary), r.Outdated(auth.Secondary); primary+secondary != "" {
			t.Errorf("%s, before: %q %q", name, primary, secondary)
		}
	}
	r := openResource(t, d, given)
	for _, slot := range []auth.Slot{auth.Primary, auth.Secondary} {
		if _, err := r.Rotate(slot); err != nil {
			t.Fatal(err)
		}
	}
	if primary, secondary := r.Outdated(auth.Primary), r.Outdated(auth.Secondary); primary != "" || secondary != "key2" {
		t.Errorf("%q %q", primary, secondary)
	}
	if _, err := Open(d, given); err == nil {
		t.Error("a start with the former key is not refused")
	}
}
