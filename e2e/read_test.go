package e2e

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/eventgrid"
)

// TestEveryEventIsReadByTheOfficialSDK: the golden files of all six events, in
// both schemas, become the SDK's system events, and none of their data is lost.
func TestEveryEventIsReadByTheOfficialSDK(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/eventgrid/testdata/*.json")
	must(t, err)
	output, err := exec.Command("node", append([]string{filepath.Join("agent", "read.mjs")}, files...)...).Output()
	if err != nil {
		t.Fatal(err, string(output))
	}
	unread := map[string]bool{}
	for _, kind := range eventgrid.EventTypes {
		unread[kind], unread[kind+" as CloudEvent"] = true, true
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if len(lines) != len(files) {
		t.Errorf("%d events are read of %d", len(lines), len(files))
	}
	for _, line := range lines {
		var got struct {
			File, Type string
			Known      bool
			Event      struct{ Data any }
		}
		must(t, json.Unmarshal([]byte(line), &got))
		text, err := os.ReadFile(got.File)
		must(t, err)
		cloud := strings.HasSuffix(got.File, ".cloudevents.json")
		if cloud {
			text = append(append([]byte("["), text...), ']')
			delete(unread, got.Type+" as CloudEvent")
		} else {
			delete(unread, got.Type)
		}
		var want []struct{ Data any }
		must(t, json.Unmarshal(text, &want))
		if !got.Known || !reflect.DeepEqual(got.Event.Data, want[0].Data) {
			t.Errorf("%s is known: %v, its data %v", got.File, got.Known, got.Event.Data)
		}
	}
	for kind := range maps.Keys(unread) {
		t.Errorf("%s is not among them", kind)
	}
}
