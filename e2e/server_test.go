package e2e

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// setup says how to start the product. The zero setup is a new data directory,
// a free port for every door and no configuration but a short grace.
type setup struct {
	data      string        // data directory of an earlier start
	trunk     int           // port of the phone that outbound calls go to; 0 keeps the default trunk
	transport string        // to that phone; "" is udp
	more      string        // of that phone's trunk, ", key: value"
	config    string        // more lines of switchhook.yaml
	sip       string        // its door for SIP; "" is a free port of 127.0.0.1
	https     string        // its door for the APIs; "" is a free port of localhost
	files     int           // that the process may open; 0 is the limit of the tests
	grace     time.Duration // of running calls at the end; 0 is a second
}

// product is the binary, running.
type product struct {
	t         testing.TB
	data      string
	addresses struct{ HTTPS, HTTP, SIP, SIPS, NATS, WebRTC string }
	ready     time.Duration // from the start until it answered
	log       buffer

	process *exec.Cmd
	exited  chan struct{}
	err     error // of the exit; read it after exited
}

// start runs the product until the end of the test.
func start(t testing.TB, s setup) *product {
	t.Helper()
	p := &product{t: t, data: cmp.Or(s.data, filepath.Join(t.TempDir(), "data")), exited: make(chan struct{})}
	command := []string{binary, "serve", "--data", p.data, "--config", s.write(t),
		"--https", cmp.Or(s.https, "localhost:0"), "--http", "localhost:0", "--sip", cmp.Or(s.sip, "127.0.0.1:0"), "--sips", "127.0.0.1:0"}
	if s.files != 0 {
		command = append([]string{"sh", "-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, s.files)}, command...)
	}
	p.process = exec.Command(command[0], command[1:]...)
	p.process.Stdout, p.process.Stderr = &p.log, &p.log
	began := time.Now()
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.err = p.process.Wait(); close(p.exited) }()
	t.Cleanup(p.finish)
	eventually(t, 20*time.Second, "the product is ready", p.isReady)
	p.ready = time.Since(began)
	return p
}

// write makes the configuration file.
func (s setup) write(t testing.TB) string {
	// The machine that the tests run on has much else to do: calls are not refused for that.
	text := fmt.Sprintf("shutdown: {grace: %v}\nmedia: {max-lateness: 10s}\n", cmp.Or(s.grace, time.Second)) + s.config
	if s.trunk != 0 {
		text += fmt.Sprintf("trunks:\n  - {name: phones, host: 127.0.0.1, port: %d, transport: %s, sources: [127.0.0.0/8]%s}\n",
			s.trunk, cmp.Or(s.transport, "udp"), s.more)
	}
	name := filepath.Join(t.TempDir(), "switchhook.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func (p *product) isReady() bool {
	if p.hasExited() {
		p.t.Fatalf("the product ended at its start: %v\n%s", p.err, &p.log)
	}
	text, err := os.ReadFile(filepath.Join(p.data, "addresses.json"))
	if err != nil || json.Unmarshal(text, &p.addresses) != nil {
		return false
	}
	response, err := http.Get("http://" + p.addresses.HTTP + "/readyz")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// stop asks the product to end, unless it has, and waits for it.
func (p *product) stop() {
	p.t.Helper()
	if p.hasExited() {
		return
	}
	p.process.Process.Signal(syscall.SIGTERM)
	p.stopped()
}

// stopped waits for a product that was asked to end. Asked twice it would drop
// everything and go.
func (p *product) stopped() {
	p.t.Helper()
	select {
	case <-p.exited:
		if p.err != nil {
			p.t.Errorf("the product did not stop cleanly: %v", p.err)
		}
	case <-time.After(patience):
		p.t.Errorf("the product did not stop within %v of SIGTERM", patience)
		p.kill()
	}
}

func (p *product) hasExited() bool {
	select {
	case <-p.exited:
		return true
	default:
		return false
	}
}

// kill ends it as a power cut would.
func (p *product) kill() {
	p.process.Process.Signal(syscall.SIGKILL)
	<-p.exited
}

// finish stops what still runs, and shows the log of a test that failed.
func (p *product) finish() {
	p.stop()
	if p.t.Failed() {
		p.t.Logf("log of the product on %s:\n%s", p.data, &p.log)
	}
}

// run runs another command of the binary on the same data directory.
func (p *product) run(arguments ...string) (output string, err error) {
	ctx, cancel := context.WithTimeout(p.t.Context(), 2*patience)
	defer cancel()
	command := exec.CommandContext(ctx, binary, append(arguments, "--data", p.data)...)
	out, err := command.CombinedOutput()
	return string(out), err
}

// mustRun is run for commands that have to succeed.
func (p *product) mustRun(arguments ...string) string {
	p.t.Helper()
	out, err := p.run(arguments...)
	if err != nil {
		p.t.Fatalf("switchhook %s: %v\n%s", strings.Join(arguments, " "), err, out)
	}
	return out
}

// subscribe sends incoming calls to a webhook.
func (p *product) subscribe(name, endpoint string, more ...string) {
	p.t.Helper()
	p.mustRun(append([]string{"subscribe", name, "--endpoint", endpoint,
		"--included-event-types", "Microsoft.Communication.IncomingCall"}, more...)...)
}

// file reads a file of the data directory.
func (p *product) file(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.data, name))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// client is an HTTP client that trusts the product's authority, and nobody else.
func (p *product) client() *http.Client {
	p.t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(p.file("ca.pem"))) {
		p.t.Fatal("ca.pem holds no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	p.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: patience}
}

// exitCode is what a command ended with.
func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return 0
}

// buffer is a log that one goroutine writes and another reads.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
