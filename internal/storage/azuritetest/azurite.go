// Package azuritetest runs Azurite, Microsoft's storage emulator, for tests: the
// real wire protocol of Azure Blob and Queue Storage, from npm, on loopback.
package azuritetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"
)

// version is what is installed, once for a user, into the cache directory.
const version = "3.35.0"

// startTime bounds the start of an emulator that is installed.
const startTime = 5 * time.Minute

// key is the emulator's, which is public knowledge.
const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

// Account is the emulator's only account.
const Account = "devstoreaccount1"

// Start runs an emulator of its own for a test, which ends it. It returns the
// connection string. Without node or npm the test is skipped, though not in CI.
func Start(t testing.TB) (connectionString string) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%s is needed to run Azurite: %v", tool, err)
			}
			t.Skipf("%s is not installed, and Azurite needs it", tool)
		}
	}
	home, err := install()
	if err != nil {
		t.Fatal(err)
	}
	blob, queue := run(t, home)
	return fmt.Sprintf("DefaultEndpointsProtocol=http;AccountName=%s;AccountKey=%s;BlobEndpoint=%s/%s;QueueEndpoint=%s/%s",
		Account, key, blob, Account, queue, Account)
}

var installing sync.Mutex

// install puts Azurite into the user's cache. Other processes may do the same
// at the same time: whoever is first moves it into its place.
func install() (string, error) {
	installing.Lock()
	defer installing.Unlock()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	home := filepath.Join(cache, "switchhook-test", "azurite-"+version)
	if _, err := os.Stat(filepath.Join(home, "package.json")); err == nil {
		return home, nil
	}
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return "", err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(home), "installing-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	npm := exec.Command("npm", "install", "--prefix", fresh, "--no-audit", "--no-fund", "--loglevel=error", "azurite@"+version)
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install azurite: %w\n%s", err, out)
	}
	if err := os.Rename(fresh, home); err != nil && !errors.Is(err, os.ErrExist) {
		if _, there := os.Stat(filepath.Join(home, "package.json")); there != nil {
			return "", err
		}
	}
	return home, nil
}

var listening = regexp.MustCompile(`Azurite (Blob|Queue) service is successfully listening at (http://\S+)`)

// run starts the emulator and waits until it says where it listens.
func run(t testing.TB, home string) (blob, queue string) {
	t.Helper()
	cmd := exec.Command("node", filepath.Join(home, "node_modules", "azurite", "dist", "src", "azurite.js"),
		"--blobPort", "0", "--queuePort", "0", "--tablePort", "0", "--location", t.TempDir(), "--skipApiVersionCheck", "--disableTelemetry")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	hurry := time.AfterFunc(startTime, func() { _ = cmd.Process.Kill() })
	defer hurry.Stop()
	lines := bufio.NewScanner(out)
	for (blob == "" || queue == "") && lines.Scan() {
		switch found := listening.FindStringSubmatch(lines.Text()); {
		case found == nil:
		case found[1] == "Blob":
			blob = found[2]
		default:
			queue = found[2]
		}
	}
	if blob == "" || queue == "" {
		t.Fatalf("Azurite did not start: %s", complaints.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
	return blob, queue
}

// MakeContainer makes an empty blob container in a running emulator.
func MakeContainer(t testing.TB, blobEndpoint, name string) {
	t.Helper()
	credential, err := azblob.NewSharedKeyCredential(Account, key)
	if err != nil {
		t.Fatal(err)
	}
	client, err := azblob.NewClientWithSharedKeyCredential(blobEndpoint, credential, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.CreateContainer(t.Context(), name, nil); err != nil {
		t.Fatal(err)
	}
}
