package switchhook

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// plan is the map of docs/architecture.md. Packages are named by their whole
// path below internal; a sub-package has a floor of its own.
var plan = floorPlan{
	floors: map[string]int{
		"identifier": 0, "fault": 0, "auth": 0, "backbone": 0, "audio": 0, "codec": 0, "soundfile": 0, "loudness": 0, "music": 0, "sdp": 0, "trunk": 0, "certificate": 0,
		"datadir": 0, "listen": 0, "connlimit": 0, "trustedproxy": 0, "memory": 0, "outbound": 0, "httpclient": 0, "websocket": 0, "sip/header": 0, "sip/parse": 0, "sip/transaction": 0,
		"store": 1, "storage": 1, "rtp": 1, "mixer": 1, "player": 1, "delivery": 1, "delivery/journal": 1, "delivery/history": 1, "rest": 1, "permit": 1, "registrar": 1, "testline": 1, "resource": 1, "sip/gate": 1,
		"speech": 0, "speech/voice": 0, "speech/provider": 1,
		"streaming": 1, "recording": 1, "sfu": 1, "recording/vault": 0,
		"webrtc/protocol": 0, "webrtc/pionlog": 0, "webrtc/relay": 1, "webrtc/signalling": 1, "webrtc/media": 2, "webrtc": 3,
		"call": 2, "deadletter": 2, "eventgrid/sender": 2, "eventgrid/report": 2,
		"rooms": 3, "samples": 3, "insight": 3, "console": 3, "doctor": 3,
		"sip": 3, "callautomation": 3, "identity": 3, "eventgrid": 3, "siprouting": 3, "phonenumbers": 3, "cdr": 3, "config": 3, "admin": 3,
		"server": 4, "server/metrics": 4,

		"recording/access": 2, "recording/content": 2, "recording/convert": 0, "recording/export": 2, "recording/pictures": 0, "recording/compose": 0,
	},
	leaves: []string{"expiring", "backoff", "inbox", "ratelimit", "source", "stack", "appendjson", "golden", "clockjump", "watchdog", "ringbuffer", "panics"},
	neighbours: map[string][]string{
		"auth":            {"outbound"}, // which repeats requests for tokens
		"httpclient":      {"outbound"}, // whose forgetful server tests both
		"backbone":        {"datadir"},  // which replaces files as a whole
		"codec":           {"audio"},
		"soundfile":       {"audio", "codec"},
		"music":           {"loudness"}, // whose tests measure it
		"recording/vault": {"datadir"},  // which syncs
		"delivery":        {"delivery/journal", "delivery/history"},
		"deadletter":      {"eventgrid/report"}, // which names outcomes
		"rest":            {"store"},
		"registrar":       {"store"},
		"recording":       {"store"},
		"speech":          {"audio", "outbound"}, // which shows addresses
		"speech/voice":    {"audio"},
		"sip/header":      {"identifier"},
		"sip/parse":       {"sip/header"}, // which takes the blanks of the grammar
		"server":          {"server/metrics"},
		"doctor":          {"config"},
		"admin":           {"doctor"},    // whose findings it shows
		"config":          {"eventgrid"}, // which checks the subscriptions that the file declares

		"recording/content": {"recording/access"},
		"recording/compose": {"recording/convert", "recording/pictures"},
	},
}

const internal = "github.com/switchhook/switchhook/internal/"

// TestImportsGoDown asks that no import goes up, and that every package is on the map.
func TestImportsGoDown(t *testing.T) {
	imports := importsOf(t, "internal")
	if len(imports) < 100 {
		t.Fatalf("found %d imports: is this looking at the right files?", len(imports))
	}
	for _, problem := range plan.problems() {
		t.Error(problem)
	}
	for _, arrow := range imports {
		if err := plan.check(arrow.from, arrow.to); err != nil {
			t.Errorf("%s: %v", arrow.file, err)
		}
	}
}

// floorPlan says which package may import which.
type floorPlan struct {
	floors     map[string]int      // a package imports lower floors
	leaves     []string            // mechanisms, which every package may import; they import each other alone
	neighbours map[string][]string // imports that stay on one floor
}

// problems tells what contradicts itself in the plan.
func (p floorPlan) problems() (found []string) {
	for _, name := range p.leaves {
		if _, twice := p.floors[name]; twice {
			found = append(found, fmt.Sprintf("%s is a leaf and has a floor", name))
		}
	}
	for from, list := range p.neighbours {
		for _, to := range list {
			floor, known := p.floors[from]
			if beside, toKnown := p.floors[to]; !known || !toKnown || floor != beside {
				found = append(found, fmt.Sprintf("%s and %s are no neighbours: they are not on one floor", from, to))
			}
		}
	}
	return found
}

// check says why a package may not import another.
func (p floorPlan) check(from, to string) error {
	from, to = owner(from), owner(to)
	leaf, toLeaf := slices.Contains(p.leaves, from), slices.Contains(p.leaves, to)
	floor, known := p.floors[from]
	below, toKnown := p.floors[to]
	switch {
	case !known && !leaf:
		return fmt.Errorf("package %s has no floor; give it one in floors_test.go and docs/architecture.md", from)
	case to == from || toLeaf:
		return nil
	case !toKnown:
		return fmt.Errorf("package %s, which %s imports, has no floor; give it one in floors_test.go and docs/architecture.md", to, from)
	case leaf:
		return fmt.Errorf("%s (a leaf) may not import %s", from, to)
	case below < floor || below == floor && slices.Contains(p.neighbours[from], to):
		return nil
	}
	return fmt.Errorf("%s (floor %d) may not import %s (floor %d)", from, floor, to, below)
}

// owner names the package of the map that a package belongs to: itself, or, for
// fakes such as sip/siptest, the package that they imitate.
func owner(name string) string {
	if parent, last := path.Split(name); parent != "" && strings.HasSuffix(last, "test") {
		return strings.TrimSuffix(parent, "/")
	}
	return name
}

// arrow is an import of one package below internal by a file of another. A file
// without such imports has an arrow to its own package, so that that is checked.
type arrow struct{ file, from, to string }

func importsOf(t *testing.T, root string) (found []arrow) {
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, ".go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from := strings.TrimPrefix(path.Dir(filepath.ToSlash(file)), root+"/")
		found = append(found, arrow{file, from, from})
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if to, ours := strings.CutPrefix(name, internal); ours {
				found = append(found, arrow{file, from, to})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestTheFloorPlanIsChecked(t *testing.T) {
	plan := floorPlan{
		floors:     map[string]int{"fault": 0, "sip/header": 0, "sip/gate": 1, "rtp": 1, "rtp/control": 1, "call": 2, "sip": 3, "rooms": 3, "server": 4},
		leaves:     []string{"inbox", "expiring"},
		neighbours: map[string][]string{"rtp": {"rtp/control"}},
	}
	for _, test := range []struct {
		name     string
		from, to string
		refusal  string // "" where the import is allowed
	}{
		{"a floor down", "sip", "call", ""},
		{"a floor up", "call", "sip", "may not import"},
		{"the same floor", "sip", "rooms", "may not import"},
		{"a neighbour", "rtp", "rtp/control", ""},
		{"a neighbour, the other way round", "rtp/control", "rtp", "may not import"},
		{"an unknown importer", "video", "fault", "video has no floor"},
		{"an unknown importer without imports", "video", "video", "video has no floor"},
		{"an unknown import", "server", "video", "video, which server imports, has no floor"},
		{"an unknown sub-package", "server", "sip/video", "sip/video, which server imports, has no floor"},
		{"a sub-package below its parent", "sip", "sip/header", ""},
		{"a sub-package may be imported where its parent may not", "call", "sip/gate", ""},
		{"a sub-package may not import its parent", "sip/header", "sip", "may not import"},
		{"a sub-package has no share in its parent's floor", "sip/gate", "call", "may not import"},
		{"a fake belongs to its parent", "sip/siptest", "call", ""},
		{"and is imported like it", "call", "sip/siptest", "may not import"},
		{"a parent imports its fake", "sip", "sip/siptest", ""},
		{"a fake of an unknown package", "video/videotest", "fault", "video has no floor"},
		{"a leaf, from the lowest floor", "fault", "inbox", ""},
		{"a leaf, from a leaf", "inbox", "expiring", ""},
		{"a leaf imports nothing else", "inbox", "fault", "a leaf"},
	} {
		err := plan.check(test.from, test.to)
		if (err == nil) != (test.refusal == "") || err != nil && !strings.Contains(err.Error(), test.refusal) {
			t.Errorf("%s: %v, want %q", test.name, err, test.refusal)
		}
	}
}

func TestContradictionsInTheFloorPlanAreFound(t *testing.T) {
	for _, test := range []struct {
		name string
		plan floorPlan
	}{
		{"an arrow upward among the neighbours", floorPlan{floors: map[string]int{"rtp": 1, "call": 2}, neighbours: map[string][]string{"rtp": {"call"}}}},
		{"an unknown neighbour", floorPlan{floors: map[string]int{"audio": 0}, neighbours: map[string][]string{"audio": {"video"}}}},
		{"a package without floor that has neighbours", floorPlan{floors: map[string]int{"fault": 0}, neighbours: map[string][]string{"video": {"fault"}}}},
		{"a leaf with a floor", floorPlan{floors: map[string]int{"inbox": 0}, leaves: []string{"inbox"}}},
	} {
		if len(test.plan.problems()) != 1 {
			t.Errorf("%s: %v", test.name, test.plan.problems())
		}
	}
}
