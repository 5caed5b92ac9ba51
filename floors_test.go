package switchhook

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors is the map of docs/architecture.md: a package imports lower floors only.
var floors = map[string]int{
	"identifier": 0, "fault": 0, "auth": 0, "backbone": 0, "audio": 0, "codec": 0, "sdp": 0, "trunk": 0, "certificate": 0,
	"datadir": 0, "listen": 0, "memory": 0, "outbound": 0,
	"store": 1, "rtp": 1, "mixer": 1, "player": 1, "delivery": 1, "deadletter": 1, "rest": 1, "permit": 1, "registrar": 1, "resource": 1,
	"call": 2,
	"sip":  3, "callautomation": 3, "identity": 3, "eventgrid": 3, "siprouting": 3, "phonenumbers": 3, "cdr": 3, "config": 3,
	"server": 4,
}

// neighbours are the arrows that stay on one floor, and those between a package
// and the fakes that live below it.
var neighbours = map[string][]string{
	"codec":          {"audio"},
	"mixer":          {"audio"},
	"rtp":            {"codec", "audio"},
	"player":         {"audio"},
	"store":          {"backbone"},
	"delivery":       {"backbone"},
	"deadletter":     {"delivery"},
	"rest":           {"store", "auth", "fault"},
	"registrar":      {"store"},
	"callautomation": {},
	"config":         {"eventgrid"}, // which checks the subscriptions that the file declares
}

const module = "github.com/switchhook/switchhook/"

// TestFloors asks that every import goes down the floors of the map.
func TestFloors(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("internal", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		seen++
		from := packageOf(file)
		floor, known := floors[from]
		if !known {
			t.Errorf("%s: package %s has no floor; give it one in floors_test.go and docs/architecture.md", file, from)
			return nil
		}
		for _, to := range importsOf(t, file) {
			if to != from && floors[to] >= floor && !contains(neighbours[from], to) {
				t.Errorf("%s: %s (floor %d) may not import %s (floor %d)", file, from, floor, to, floors[to])
			}
		}
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("walked %d files: %v", seen, err)
	}
}

// packageOf names the package of the map that a file belongs to; fakes such as
// internal/sip/siptest belong to the package that they imitate.
func packageOf(file string) string {
	return strings.Split(filepath.ToSlash(file), "/")[1]
}

func importsOf(t *testing.T, file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, spec := range parsed.Imports {
		name, _ := strconv.Unquote(spec.Path.Value)
		if rest, ok := strings.CutPrefix(name, module+"internal/"); ok {
			found = append(found, strings.Split(path.Clean(rest), "/")[0])
		}
	}
	return found
}

func contains(list []string, name string) bool {
	for _, have := range list {
		if have == name {
			return true
		}
	}
	return false
}
