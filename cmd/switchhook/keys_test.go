package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/resource"
)

// stopped is a data directory whose server has run and ended.
func stopped(t *testing.T) (dir, id string) {
	t.Helper()
	dir = t.TempDir()
	data, err := datadir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := resource.Open(data, resource.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Announce("https://localhost:8443/"); err != nil {
		t.Fatal(err)
	}
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, r.ID
}

func TestKeyIsRotatedWhileStopped(t *testing.T) {
	dir, _ := stopped(t)
	before, err := resource.ReadConnection(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := command(t, dir, "", "keys", "rotate", "primary")
	after, err := resource.ReadConnection(dir)
	if err != nil || got.code != 0 || after.Key.ID() == before.Key.ID() || !strings.Contains(got.out, after.Key.Base64()) {
		t.Errorf("%v %+v", err, got)
	}
	if shown := command(t, dir, "", "keys", "show"); shown.code != 0 || shown.out != got.out {
		t.Errorf("show says %+v", shown)
	}
}

// TestRotationNamesTheSettingOfTheFormerKey: the next start would be refused for it.
func TestRotationNamesTheSettingOfTheFormerKey(t *testing.T) {
	dir, _ := stopped(t)
	keys, err := resource.ReadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "switchhook.yaml")
	if err := os.WriteFile(file, []byte("key1: "+keys.Get(auth.Primary).Base64()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t, dir, "", "keys", "rotate", "secondary", "--config", file); got.code != 0 || got.err != "" {
		t.Errorf("the other key: %+v", got)
	}
	if got := command(t, dir, "", "keys", "rotate", "primary", "--config", file); got.code != 0 || !strings.Contains(got.err, "former key in key1") {
		t.Errorf("got %+v", got)
	}
}

func TestKeyIsRotatedOnARunningServer(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if want := resource.ARMPath + "/regenerateKey"; r.URL.Path != want || bodyOf(r) != `{"keyName":"Secondary"}` {
			t.Errorf("%s %s", r.URL.Path, bodyOf(r))
		}
		io.WriteString(w, `{"primaryKey":"AAAA","secondaryKey":"BBBB"}`)
	})
	if got := command(t, dir, "", "keys", "rotate", "secondary", "--connection-string", connection); got.code != 0 || !strings.Contains(got.out, "BBBB") {
		t.Errorf("got %+v", got)
	}
}

func TestKeysOfAnEmptyDirectoryMakeNoResource(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	got := command(t, dir, "", "keys", "show")
	if got.code != 1 || !strings.Contains(got.err, "switchhook serve") {
		t.Errorf("got %+v", got)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the directory was made")
	}
}

func TestAuthorityIsPrintedAndExported(t *testing.T) {
	dir := t.TempDir()
	if got := command(t, dir, "", "ca"); got.code != 1 || !strings.Contains(got.err, "first start") {
		t.Errorf("before the first start: %+v", got)
	}
	serving(t, dir, freeListenerFlags...)()
	printed := command(t, dir, "", "ca")
	if !strings.HasPrefix(printed.out, "-----BEGIN CERTIFICATE-----") || strings.Contains(printed.out, "PRIVATE") {
		t.Errorf("got %+v", printed)
	}
	file := filepath.Join(t.TempDir(), "with space.pem")
	if got := command(t, dir, "", "ca", "--export", file, "--env"); got.code != 0 || !strings.Contains(got.out, "NODE_EXTRA_CA_CERTS='"+file+"'") || !strings.Contains(got.out, "keytool") || !strings.Contains(got.out, "-Djavax.net.ssl.trustStorePassword=changeit") {
		t.Errorf("got %+v", got)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != printed.out {
		t.Errorf("exported %q %v", text, err)
	}
}

func TestNumbersAndTrunksAreListed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "switchhook.yaml")
	text := "numbers: [\"+15550100007\"]\ntrunks: [{name: carrier, host: sip.example.net, port: 5070, transport: tls, password: hush}]\nroutes: [{name: all, pattern: \"^\\\\+\", trunks: [carrier]}]\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t, t.TempDir(), "", "numbers", "--config", file); got.out != "+15550100007\n" {
		t.Errorf("got %+v", got)
	}
	got := command(t, t.TempDir(), "", "trunks", "--config", file)
	if !strings.Contains(got.out, "sip.example.net:5070") || !strings.Contains(got.out, `^\+`) || strings.Contains(got.out, "hush") {
		t.Errorf("got %+v", got)
	}
}

func TestIdentitiesWaitForTheNextStart(t *testing.T) {
	dir, id := stopped(t)
	one, two := identifier.NewUser(id).Raw(), identifier.NewUser(id).Raw()
	if got := command(t, dir, "# users\n"+one+"\n\n"+two+"\r\n", "identity", "import", "-"); got.code != 0 || !strings.Contains(got.out, "2 identities are queued") {
		t.Fatalf("got %+v", got)
	}
	data, err := datadir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if ids, err := data.QueuedIdentities(); err != nil || len(ids) != 2 {
		t.Errorf("waiting are %q %v", ids, err)
	}
}

func TestIdentitiesOfAnotherResourceAreRefused(t *testing.T) {
	dir, _ := stopped(t)
	got := command(t, dir, `["8:acs:11111111-2222-3333-4444-555555555555_00000000-1111-2222-3333-444444444444"]`, "identity", "import", "-")
	if got.code != 1 || !strings.Contains(got.err, "--resource-id 11111111-2222-3333-4444-555555555555") {
		t.Errorf("got %+v", got)
	}
}

func TestIdentitiesAreSentInBatches(t *testing.T) {
	var sizes []int
	connection, dir := fake(t, func(w http.ResponseWriter, r *http.Request) {
		var body struct{ IDs []string }
		if err := json.Unmarshal([]byte(bodyOf(r)), &body); err != nil || r.URL.Path != admin.IdentitiesPath+":import" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		sizes = append(sizes, len(body.IDs))
	})
	var list strings.Builder
	for range importBatch + 1 {
		list.WriteString(identifier.NewUser("r").Raw() + "\n")
	}
	if got := command(t, dir, list.String(), "identity", "import", "-", "--connection-string", connection); got.code != 0 || fmt.Sprint(sizes) != "[1000 1]" {
		t.Errorf("%v %+v", sizes, got)
	}
}

func TestListsOfIdentities(t *testing.T) {
	for text, want := range map[string]string{
		"8:acs:r_1\n8:acs:r_2\n":           "",
		" [\"8:acs:r_1\"]":                 "",
		"8:acs:r_1\nhello":                 "line 2",
		"8:acs:r_1\n\n4:+15550100001":      "line 3",
		`["8:acs:r_1", "8:orgid:x"]`:       "element 1",
		`["8:acs:r_1"`:                     "JSON",
		"# nobody\n":                       "no id",
		"[]":                               "no id",
		"8:acs:r_1 \n8:acs:without-user":   "line 2",
		strings.Repeat("x", 70_000) + "\n": "too long",
	} {
		_, err := parseIDs([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

func FuzzParseIDs(f *testing.F) {
	f.Add([]byte("8:acs:r_1\n# x\n"))
	f.Add([]byte(`["8:acs:r_1"]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		ids, err := parseIDs(text)
		for _, id := range ids {
			if err == nil && checkID(id) != nil {
				t.Errorf("%q came through", id)
			}
		}
	})
}
