package callautomation

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

// apiDescription is where the description of the API lies beside the repository.
const apiDescription = "../../../shared/api/call-automation.2026-03-12.json"

// TestEveryDocumentedRouteExists asks that each operation of the API is
// registered, offered or not.
func TestEveryDocumentedRouteExists(t *testing.T) {
	text, err := os.ReadFile(apiDescription)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the description of the API is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	var description struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(text, &description); err != nil {
		t.Fatal(err)
	}
	answers, err := rest.NewRepeatability(store.InMemory(), "calls")
	if err != nil {
		t.Fatal(err)
	}
	defer answers.Close()
	rt := rest.New(rest.Config{Auth: auth.NewAuthenticator(auth.Config{})})
	New(nil, nil, answers, nil).Routes(rt)
	have := rt.Routes()
	for path, methods := range description.Paths {
		if !strings.HasPrefix(path, "/") {
			continue // {nextLink}: the next page, whatever its address
		}
		for method := range methods {
			if want := strings.ToUpper(method) + " " + path; !slices.Contains(have, want) {
				t.Errorf("%s is documented, and not registered", want)
			}
		}
	}
	if len(description.Paths) < 25 {
		t.Errorf("only %d paths were compared", len(description.Paths))
	}
}
