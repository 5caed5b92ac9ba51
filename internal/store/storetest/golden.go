// Package storetest checks what is stored against golden files, in
// testdata/stored of the package that declares the type: NAME.v1.json is what
// version 1 of the schema NAME writes. Files of earlier versions stay for good;
// each must still be read.
package storetest

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/switchhook/switchhook/internal/store"
)

var update = flag.Bool("update-stored", false, "write the golden files of the present versions of what is stored")

// File is where the golden file of a version of a schema is.
func File(name string, version int) string {
	return filepath.Join("testdata", "stored", fmt.Sprintf("%s.v%d.json", name, version))
}

// Golden asks that a value, with each of its members set, is written as its
// golden file has it, and that the golden files of this version and of all before
// it are read as that value.
func Golden[T any](t *testing.T, schema store.Schema[T], value T) {
	t.Helper()
	for _, member := range unset(reflect.ValueOf(value)) {
		t.Errorf("%s is checked without a value of %s", schema.Name(), member)
	}
	written, err := schema.Encode(value)
	if err != nil {
		t.Fatal(err)
	}
	present := File(schema.Name(), schema.Version())
	if *update {
		if err := os.MkdirAll(filepath.Dir(present), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(present, indented(t, written), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for version := range schema.Version() + 1 {
		name := File(schema.Name(), version)
		golden, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("version %d of %s has no golden file: %v", version, schema.Name(), err)
			continue
		}
		if name == present && !bytes.Equal(indented(t, written), golden) {
			t.Errorf("%s is written as\n%s\nwant, by %s,\n%s", schema.Name(), indented(t, written), name, golden)
		}
		if got, err := schema.Decode(compact(t, golden)); err != nil || !reflect.DeepEqual(got, value) {
			t.Errorf("%s is read as\n%+v, %v\nwant\n%+v", name, got, err, value)
		}
	}
}

// indented is JSON for people; the store writes it in one line.
func indented(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), '\n')
}

func compact(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, text); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
