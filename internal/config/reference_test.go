package config

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/golden"
)

const (
	page         = "../../docs/configuration.md"
	begin        = "<!-- keys: generated from internal/config by go test ./internal/config -update -->\n"
	end          = "<!-- end of keys -->\n"
	firstRelease = "0.1"
)

// TestPageListsEveryKey asks that docs/configuration.md has the keys as their fields
// declare them: names, flags, types, bounds, defaults and comments.
func TestPageListsEveryKey(t *testing.T) {
	golden.CompareSection(t, page, begin, end, reference(t))
}

// TestSampleOfThePageIsValid reads the sample as a server would, with files that
// exist here.
func TestSampleOfThePageIsValid(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, sample, _ := strings.Cut(string(text), "```yaml\n")
	sample, _, found := strings.Cut(sample, "```\n")
	if !found {
		t.Fatalf("%s has no sample", page)
	}
	tls := httptest.NewTLSServer(nil)
	defer tls.Close()
	dir := t.TempDir()
	for _, name := range []string{"clients.pem", "provider.pem"} {
		certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Certificate().Raw})
		if err := os.WriteFile(filepath.Join(dir, name), certificate, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := Load(Flags{Config: file(t, strings.ReplaceAll(sample, "/etc/switchhook/", filepath.ToSlash(dir)+"/"))})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Trunks) != 2 || len(cfg.Guards) != 2 || len(cfg.Subscriptions) != 1 || len(cfg.WebhookIssuers) != 2 {
		t.Errorf("got %+v", cfg)
	}
}
