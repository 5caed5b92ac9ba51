package main

import (
	"bytes"
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
)

// outcome is how a command ended.
type outcome struct {
	code     int
	out, err string
}

// command runs a command line on a data directory.
func command(t *testing.T, dir, input string, args ...string) outcome {
	t.Helper()
	return commandIn(t.Context(), dir, input, args...)
}

func commandIn(ctx context.Context, dir, input string, args ...string) outcome {
	var out, errs bytes.Buffer
	code := run(&app{ctx: ctx, in: strings.NewReader(input), out: &out, err: &errs}, append([]string{"--data", dir}, args...))
	return outcome{code, out.String(), errs.String()}
}

// fake is a server that checks signatures as the real one does. It returns
// the connection string, and a data directory that trusts it.
func fake(t *testing.T, handler http.HandlerFunc) (connection, dir string) {
	t.Helper()
	primary := auth.NewKey()
	keys, err := auth.NewKeys(primary, auth.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	gate := auth.NewAuthenticator(auth.Config{Keys: keys})
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		body.ReadFrom(r.Body)
		if _, err := gate.Authenticate(r, func() ([]byte, error) { return body.Bytes(), nil }, auth.Scope{}); err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL, err)
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		r.Body = http.NoBody
		if body.Len() > 0 {
			r = r.WithContext(context.WithValue(r.Context(), bodyKey{}, body.String()))
		}
		handler(w, r)
	}))
	t.Cleanup(srv.Close)
	dir = t.TempDir()
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(dir, datadir.AuthorityFile), cert, 0o600); err != nil {
		t.Fatal(err)
	}
	return "endpoint=" + srv.URL + "/;accesskey=" + primary.Base64(), dir
}

// bodyKey finds the body of a request that fake has read.
type bodyKey struct{}

func bodyOf(r *http.Request) string {
	text, _ := r.Context().Value(bodyKey{}).(string)
	return text
}

func TestEveryCommandHasAnExample(t *testing.T) {
	parser, err := kong.New(&root{}, kong.Name("switchhook"), kong.Vars(config.Defaults()))
	if err != nil {
		t.Fatal(err)
	}
	leaves := 0
	for _, leaf := range parser.Model.Leaves(false) {
		leaves++
		words, _, _ := strings.Cut(leaf.FullPath(), " <")
		words, _, _ = strings.Cut(words, " --")
		if _, example, found := strings.Cut(leaf.Detail, "Example:\n"); !found || !strings.Contains(example, words) {
			t.Errorf("%s has no example: %q", words, leaf.Detail)
		}
	}
	if leaves < 12 {
		t.Errorf("%d commands", leaves)
	}
}

func TestMistypedCommandLineIsExplained(t *testing.T) {
	for _, args := range [][]string{{"frobnicate"}, {"--htps", "x"}, {"keys", "rotate", "third"}, {"subscribe", "x"}} {
		if got := command(t, t.TempDir(), "", args...); got.code != 2 || !strings.Contains(got.err, "--help") {
			t.Errorf("%q: %+v", args, got)
		}
	}
}

// TestMistypedCommandLineLeadsToItsHelp: to that of the command that was meant, where that can be known.
func TestMistypedCommandLineLeadsToItsHelp(t *testing.T) {
	for line, want := range map[string]string{
		"trunsk":                   "switchhook: there is no command \"trunsk\"; did you mean \"trunks\"?\nSee switchhook --help.\n",
		"subscribtions list":       "there is no command \"subscribtions\"; did you mean \"subscriptions\"?",
		"frobnicate":               "switchhook: there is no command \"frobnicate\"\nSee switchhook --help.\n",
		"--frobnicate":             "See switchhook --help.\n",
		"serve extra":              "unexpected argument extra\nSee switchhook serve --help.\n",
		"keys rotate third":        "See switchhook keys rotate --help.\n",
		"keys rotate":              "switchhook: <key> is missing\nSee switchhook keys rotate --help.\n",
		"events redeliver --since": "See switchhook events redeliver --help.\n",
		"calls --since yesterday":  "switchhook: --since: \"yesterday\" is not a duration, such as 90s, 30m or 48h\nSee switchhook calls --help.\n",
		"recordings keep ID never": "See switchhook recordings keep --help.\n",
		"calls --limit 0":          "See switchhook calls list --help.\n",
		"trace":                    "See switchhook trace --help.\n",
	} {
		if got := command(t, t.TempDir(), "", strings.Fields(line)...); got.code != 2 || !strings.Contains(got.err, want) {
			t.Errorf("%q: %+v, want %q", line, got, want)
		}
	}
}

// TestHelpIsACommandToo, as people try it.
func TestHelpIsACommandToo(t *testing.T) {
	if got := command(t, t.TempDir(), "", "help"); got.code != 0 || !strings.Contains(got.out, "Commands:") || !strings.Contains(got.out, "Exit codes") {
		t.Errorf("help: %+v", got)
	}
	if got := command(t, t.TempDir(), "", "help", "phones", "add"); got.code != 0 || !strings.Contains(got.out, "--caller-id") || got.err != "" {
		t.Errorf("help phones add: %+v", got)
	}
	if got := command(t, t.TempDir(), "", "help", "trunsk"); got.code != 2 || got.out != "" {
		t.Errorf("help trunsk: %+v", got)
	}
	if got := command(t, t.TempDir(), "", "--version"); got.code != 0 || got.out != versionLine()+"\n" {
		t.Errorf("--version: %+v", got)
	}
}

func TestHelpIsNoFailure(t *testing.T) {
	if got := command(t, t.TempDir(), "", "subscribe", "--help"); got.code != 0 || !strings.Contains(got.out, "--included-event-types") {
		t.Errorf("got %+v", got)
	}
}

func TestVersionNamesTheProgram(t *testing.T) {
	if got := command(t, t.TempDir(), "", "version"); got.code != 0 || !strings.HasPrefix(got.out, "switchhook ") {
		t.Errorf("got %+v", got)
	}
}
