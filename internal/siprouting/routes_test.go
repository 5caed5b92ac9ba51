package siprouting

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestEveryDocumentedRouteExists compares with the descriptions of the API,
// which lie beside the repository.
func TestEveryDocumentedRouteExists(t *testing.T) {
	have := inMemory(t).router.Routes()
	for _, name := range []string{"sip-routing.2023-03-01.json", "sip-routing.2024-11-15-preview.json"} {
		text, err := os.ReadFile("../../../shared/api/" + name)
		if errors.Is(err, fs.ErrNotExist) {
			t.Skip("the description of the API is not beside this checkout")
		}
		if err != nil {
			t.Fatal(err)
		}
		var description struct {
			Paths map[string]map[string]json.RawMessage `json:"paths"`
		}
		if err := json.Unmarshal(text, &description); err != nil || len(description.Paths) == 0 {
			t.Fatalf("%s: %d paths, %v", name, len(description.Paths), err)
		}
		for path, methods := range description.Paths {
			for method := range methods {
				if want := strings.ToUpper(method) + " " + path; !slices.Contains(have, want) {
					t.Errorf("%s: %s is documented, and not registered", name, want)
				}
			}
		}
	}
}

// TestCompatibilityPageNamesEveryOperation compares the page's table with what
// is registered.
func TestCompatibilityPageNamesEveryOperation(t *testing.T) {
	text, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## SIP routing\n")
	section, _, _ = strings.Cut(section, "| rule |")
	for _, name := range []string{"get", "update", "testRoutesWithNumber"} {
		if !strings.Contains(section, "\n| "+name+" | works") {
			t.Errorf("%s is not on the page", name)
		}
	}
	if rows, routes := strings.Count(section, "\n| ")-1, len(inMemory(t).router.Routes()); rows != routes {
		t.Errorf("the page has %d operations, the router %d", rows, routes)
	}
}
