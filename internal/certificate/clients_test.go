package certificate

import (
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program skips the test where a program of the system is not installed.
func program(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(name, "is not installed")
	}
	return path
}

func TestOpenSSLAccepts(t *testing.T) {
	openssl := program(t, "openssl")
	files := folder(t.TempDir())
	open(t, Config{Names: []string{"calls.example.com", "203.0.113.7"}, Machine: "laptop"}, files)
	verify := func(check ...string) ([]byte, error) {
		args := append([]string{"verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", files.Path(PublicFile)}, check...)
		return exec.Command(openssl, append(args, files.Path(ServerFile))...).CombinedOutput()
	}
	for _, check := range [][]string{
		{"-verify_hostname", "localhost"}, {"-verify_hostname", "laptop"}, {"-verify_hostname", "storage.asm.skype.com"},
		{"-verify_hostname", "calls.example.com"}, {"-verify_ip", "127.0.0.1"}, {"-verify_ip", "::1"}, {"-verify_ip", "203.0.113.7"},
	} {
		if out, err := verify(check...); err != nil {
			t.Errorf("%v: %v\n%s", check, err, out)
		}
	}
	if out, err := verify("-verify_hostname", "example.com"); err == nil {
		t.Errorf("a name that is not ours was accepted\n%s", out)
	}
}

func TestOpenSSLRefusesOtherNames(t *testing.T) {
	openssl := program(t, "openssl")
	files := folder(t.TempDir())
	authority := open(t, Config{}, files).current.Load().authority
	n, err := parseNames("bank.example")
	if err != nil {
		t.Fatal(err)
	}
	forged, err := authority.newServer(n, authority.cert.NotBefore.Add(2*skew))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "forged.pem")
	if err := os.WriteFile(file, forged.public(), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(openssl, "verify", "-CAfile", files.Path(PublicFile), file).CombinedOutput(); err == nil {
		t.Errorf("accepted\n%s", out)
	}
}

// serve answers over TLS on a loopback port.
func serve(t *testing.T, p *Private) (port string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{
		Handler:   http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }),
		TLSConfig: &tls.Config{GetCertificate: p.GetCertificate},
		ErrorLog:  log.New(io.Discard, "", 0),
	}
	done := make(chan struct{})
	go func() { defer close(done); srv.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { srv.Close(); <-done })
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

func TestNodeAccepts(t *testing.T) {
	node := program(t, "node")
	files := folder(t.TempDir())
	p := open(t, Config{}, files)
	port := serve(t, p)
	const script = `
const https = require("https"), [port, host] = process.argv.slice(1);
https.get({ host: "127.0.0.1", port, servername: host, headers: { host },
  checkServerIdentity: (_, cert) => require("tls").checkServerIdentity(host, cert) },
  answer => answer.on("data", text => process.stdout.write(text)))
  .on("error", e => { console.error(e.message); process.exit(1); });`
	run := func(host, ca string) ([]byte, error) {
		cmd := exec.Command(node, "-e", script, port, host)
		cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+ca)
		return cmd.CombinedOutput()
	}
	for _, host := range []string{"localhost", "storage.asm.skype.com"} {
		if out, err := run(host, files.Path(PublicFile)); err != nil || string(out) != "hello" {
			t.Errorf("%s: %v: %s", host, err, out)
		}
	}
	if out, err := run("localhost", ""); err == nil {
		t.Errorf("accepted without trusting the authority: %s", out)
	}
}
