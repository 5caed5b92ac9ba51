package e2e

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/switchhook/switchhook/internal/certificate"
)

// proxy is kamailio, a proxy that others have written, between phones and the
// product. It has a host of its own for each transport.
type proxy struct {
	UDP, TCP, TLS string // where it listens, as kamailio writes it: host:port
	Modules, Dir  string
	Registrar     string // URI to which REGISTERs go
	To            []way
	Refuse        []refusal

	program string
	process *exec.Cmd
	log     buffer
}

// way is where the proxy finds a number, and the socket that it calls from; ""
// leaves that to it.
type way struct{ Number, URI, From string }

// refusal is what the proxy answers where a number is asked for over a transport.
type refusal struct {
	Number, Transport string
	Status            int
}

// newProxy finds a place for a proxy; the product can be told of it before it runs.
func newProxy(t *testing.T) *proxy {
	t.Helper()
	program := "kamailio"
	if _, err := exec.LookPath(program); err != nil {
		program = "/usr/sbin/kamailio" // which need not be in a user's path
	}
	tool(t, program, "kamailio kamailio-tls-modules")
	x := &proxy{program: program, Dir: t.TempDir(), UDP: freeAt(t, "127.0.0.11"), TCP: freeAt(t, "127.0.0.12"), TLS: freeAt(t, "127.0.0.13")}
	for _, pattern := range []string{"/usr/lib/*/kamailio/modules", "/usr/lib*/kamailio/modules", "/usr/local/lib*/kamailio/modules"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			x.Modules = found[0]
		}
	}
	if _, err := os.Stat(filepath.Join(x.Modules, "tls.so")); err != nil {
		missing(t, "kamailio's module for TLS", "kamailio-tls-modules")
	}
	return x
}

// freeAt is a port of a host of the loopback network that nobody has now, nor gets from the
// system before the proxy has it.
func freeAt(t *testing.T, host string) string {
	t.Helper()
	listener, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("this machine has no %s: %v", host, err)
	}
	listener.Close()
	return net.JoinHostPort(host, strconv.Itoa(freePort(t)))
}

// certify gives the proxy a certificate, and returns the file of the authority
// that has signed it.
func (x *proxy) certify(t *testing.T) (roots string) {
	t.Helper()
	host, _, _ := net.SplitHostPort(x.TLS)
	_, err := certificate.OpenPrivate(certificate.Config{Names: []string{host}}, folder(x.Dir), slog.New(slog.NewTextHandler(io.Discard, nil)))
	must(t, err)
	return filepath.Join(x.Dir, certificate.PublicFile)
}

// folder keeps an authority's files.
type folder string

func (f folder) Path(name string) string              { return filepath.Join(string(f), name) }
func (f folder) LoadFile(name string) ([]byte, error) { return os.ReadFile(f.Path(name)) }
func (f folder) SaveFile(name string, data []byte) error {
	return os.WriteFile(f.Path(name), data, 0o600)
}

// start runs the proxy until the end of the test; it trusts the authority of p.
func (x *proxy) start(t *testing.T, p *product) {
	t.Helper()
	own := filepath.Join(x.Dir, certificate.ServerFile)
	must(t, os.WriteFile(filepath.Join(x.Dir, "tls.cfg"), []byte(`[server:default]
method = TLSv1.2+
verify_certificate = no
private_key = `+own+`
certificate = `+own+`
[client:default]
method = TLSv1.2+
verify_certificate = yes
require_certificate = yes
ca_list = `+filepath.Join(p.data, "ca.pem")+"\n"), 0o600))
	text, err := template.New("kamailio.cfg").Delims("[[", "]]").ParseFiles(filepath.Join("testdata", "kamailio.cfg"))
	must(t, err)
	name := filepath.Join(x.Dir, "kamailio.cfg")
	file, err := os.Create(name)
	must(t, err)
	must(t, text.Execute(file, x))
	must(t, file.Close())
	x.process = exec.Command(x.program, "-DD", "-E", "-f", name, "-Y", x.Dir, "-w", x.Dir, "-P", filepath.Join(x.Dir, "pid"), "-m", "16", "-M", "4")
	x.process.Stdout, x.process.Stderr = &x.log, &x.log
	must(t, x.process.Start())
	exited := make(chan struct{})
	go func() { x.process.Wait(); close(exited) }()
	t.Cleanup(func() {
		x.process.Process.Signal(syscall.SIGTERM)
		select {
		case <-exited:
		case <-time.After(patience):
			x.process.Process.Kill()
			<-exited
		}
		if t.Failed() {
			t.Logf("kamailio says:\n%s", x.log.String())
		}
	})
	eventually(t, 10*time.Second, "the proxy listens", func() bool {
		select {
		case <-exited:
			t.Fatal("the proxy ended at its start")
		default:
		}
		for _, at := range []string{x.TCP, x.TLS} {
			conn, err := net.DialTimeout("tcp", at, time.Second)
			if err != nil {
				return false
			}
			conn.Close()
		}
		return true
	})
}

// trunk is a line of switchhook.yaml: the proxy over one transport.
func (x *proxy) trunk(transport, at, more string) string {
	host, port, _ := net.SplitHostPort(at)
	return fmt.Sprintf("  - {name: %s, host: %s, port: %s, transport: %s%s}\n", transport, host, port, transport, more)
}
