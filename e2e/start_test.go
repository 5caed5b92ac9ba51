package e2e

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// idleMemory is what an idle server may take: 20 MB of its own, and 40 of the pages of
// its executable file, all of which are resident right after it was linked.
const idleMemory = 60 << 20

// TestFirstStartMakesAResourceAndSecondStartKeepsIt: an empty directory becomes
// a resource with keys, an authority and numbers, for good.
func TestFirstStartMakesAResourceAndSecondStartKeepsIt(t *testing.T) {
	t.Parallel()
	first := start(t, setup{})
	t.Logf("first start was ready after %v", first.ready.Round(time.Millisecond))
	for _, want := range []string{first.file("connection-string"), first.addresses.HTTPS, "+15550100001", "+15550100002"} {
		first.prints(want)
	}
	resource, authority, keys := first.file("resource.json"), first.file("ca.pem"), accessKey(first)
	first.stop()
	if _, err := os.Stat(filepath.Join(first.data, "addresses.json")); err == nil {
		t.Error("a stopped server leaves addresses.json")
	}

	second := start(t, setup{data: first.data})
	used := second.memory()
	t.Logf("second start was ready after %v and takes %.1f MB idle", second.ready.Round(time.Millisecond), float64(used)/1e6)
	if second.file("resource.json") != resource || second.file("ca.pem") != authority || accessKey(second) != keys {
		t.Error("the second start has another resource, keys or authority")
	}
	if used > idleMemory {
		t.Errorf("idle memory is %d bytes, want less than %d", used, idleMemory)
	}
}

// prints waits until the product has printed a text: it greets when it is ready,
// which others may notice before they read it.
func (p *product) prints(want string) {
	p.t.Helper()
	eventually(p.t, 10*time.Second, "it prints "+want, func() bool { return strings.Contains(p.log.String(), want) })
}

func accessKey(p *product) string {
	_, key, _ := strings.Cut(p.file("connection-string"), ";accesskey=")
	return key
}

// TestBusyPortNamesItsFlag: who starts a second server learns how to help himself.
func TestBusyPortNamesItsFlag(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	p := &product{t: t, data: t.TempDir()}
	out, err := p.run("serve", "--http", taken.Addr().String(), "--https", "localhost:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0")
	if exitCode(err) == 0 || !strings.Contains(out, "--http") || !strings.Contains(out, "in use") {
		t.Errorf("exit %d: %s", exitCode(err), out)
	}
}

// TestSecondServerOnADataDirectoryIsRefused: two servers would tear one journal apart.
func TestSecondServerOnADataDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	first := start(t, setup{})
	out, err := first.run("serve", "--http", "localhost:0", "--https", "localhost:0", "--sip", "127.0.0.1:0", "--sips", "127.0.0.1:0")
	if exitCode(err) == 0 || !strings.Contains(out, "in use") {
		t.Errorf("exit %d: %s", exitCode(err), out)
	}
}
