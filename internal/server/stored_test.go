package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/store/storetest"
)

// TestEveryStoredTypeHasGoldenFiles asks of each schema that this program defines,
// in the package of its type, for golden files of its version and of the one
// before. The package's own test reads them.
func TestEveryStoredTypeHasGoldenFiles(t *testing.T) {
	const module = "github.com/switchhook/switchhook/internal/"
	schemas := append([]store.Definition{ // first those of files
		{Name: "call-records", Version: 1, Package: module + "cdr"}, {Name: "resource", Version: 1, Package: module + "resource"},
	}, store.Schemas()...)
	if len(schemas) < 10 {
		t.Fatalf("found %d schemas: does this program not link every package?", len(schemas))
	}
	for _, s := range schemas {
		folder, ours := strings.CutPrefix(s.Package, module)
		if !ours {
			t.Errorf("%s stores a type of %s, which may change with it: it needs a type of its own", s.Name, s.Package)
			continue
		}
		if s.Version < 1 {
			t.Errorf("%s is stored without a version: its first upgrade is store.Unchanged", s.Name)
		}
		for version := max(0, s.Version-1); version <= s.Version; version++ {
			if _, err := os.Stat(filepath.Join("..", filepath.FromSlash(folder), storetest.File(s.Name, version))); err != nil {
				t.Errorf("version %d of %s has no golden file: %v", version, s.Name, err)
			}
		}
	}
}
