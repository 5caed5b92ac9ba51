package certificate

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder keeps files in a directory.
type folder string

func (f folder) Path(name string) string              { return filepath.Join(string(f), name) }
func (f folder) LoadFile(name string) ([]byte, error) { return os.ReadFile(f.Path(name)) }
func (f folder) SaveFile(name string, data []byte) error {
	return os.WriteFile(f.Path(name), data, 0o600)
}
func quiet() *slog.Logger                                 { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
func (p *Private) leaf() *x509.Certificate                { return p.current.Load().server.cert }
func (p *Private) root() *x509.Certificate                { return p.current.Load().authority.cert }
func open(t *testing.T, cfg Config, files Files) *Private { return openLogged(t, cfg, files, quiet()) }

func openLogged(t *testing.T, cfg Config, files Files, log *slog.Logger) *Private {
	t.Helper()
	p, err := OpenPrivate(cfg, files, log)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shake makes a TLS handshake for that name and returns the client's error.
func shake(t *testing.T, p interface {
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
}, trusted []byte, name string) error {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(trusted) {
		t.Fatal("no certificate to trust")
	}
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	go tls.Server(far, &tls.Config{GetCertificate: p.GetCertificate}).Handshake()
	return tls.Client(near, &tls.Config{RootCAs: roots, ServerName: name}).Handshake()
}

func TestClientsAcceptEachName(t *testing.T) {
	cfg := Config{Names: []string{"calls.example.com", "203.0.113.7", "2001:db8::7", "10.1.2.3"}, Machine: "Laptop-7"}
	p := open(t, cfg, folder(t.TempDir()))
	for _, name := range []string{
		"localhost", "127.0.0.1", "::1", "laptop-7", "storage.asm.skype.com",
		"calls.example.com", "203.0.113.7", "2001:db8::7", "10.1.2.3",
	} {
		if err := shake(t, p, p.Authority(), name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if shake(t, p, p.Authority(), "example.com") == nil {
		t.Error("a name that is not ours was accepted")
	}
}

func TestAuthorityCannotSignForOthers(t *testing.T) {
	p := open(t, Config{Names: []string{"calls.example.com"}}, folder(t.TempDir()))
	authority := p.current.Load().authority
	if !authority.cert.PermittedDNSDomainsCritical {
		t.Error("the constraints are not critical")
	}
	for name, want := range map[string]bool{
		"bank.example": false, "example.com": false, "8.8.8.8": false, "2001:db8::1": false, "microsoft.com": false, "skype.com": false,
		"a.calls.example.com": true, "sbc.internal": true, "x.test": true, "192.168.3.4": true, "172.31.0.1": true, "fd00::1": true,
	} {
		n, err := parseNames(name)
		if err != nil {
			t.Fatal(err)
		}
		forged, err := authority.newServer(n, authority.cert.NotBefore.Add(2*skew))
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(authority.cert)
		_, err = forged.cert.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
		if (err == nil) != want {
			t.Errorf("%s: accepted %v, want %v (%v)", name, err == nil, want, err)
		}
	}
}

func TestSecondStartKeepsEverything(t *testing.T) {
	files := folder(t.TempDir())
	cfg := Config{Names: []string{"calls.example.com"}, Machine: "laptop"}
	first := open(t, cfg, files)
	second := open(t, cfg, files)
	if !first.root().Equal(second.root()) || !first.leaf().Equal(second.leaf()) {
		t.Error("the second start made other certificates")
	}
	public, err := files.LoadFile(PublicFile)
	if err != nil || !bytes.Equal(public, first.Authority()) {
		t.Errorf("%s is not the authority's certificate: %v", PublicFile, err)
	}
	if bytes.Contains(public, []byte("KEY")) {
		t.Errorf("%s holds a key", PublicFile)
	}
}

func TestChangedNamesMakeANewAuthority(t *testing.T) {
	tests := []struct {
		name          string
		before, after Config
		authority     bool // a new one is expected
		leaf          bool
	}{
		{"added", Config{}, Config{Names: []string{"calls.example.com"}}, true, true},
		{"removed", Config{Names: []string{"calls.example.com"}}, Config{}, true, true},
		{"added below a permitted domain", Config{}, Config{Names: []string{"sbc.internal", "192.168.1.9"}}, false, true},
		{"in another order", Config{Names: []string{"b.example", "A.example"}}, Config{Names: []string{"a.example", "b.example"}}, false, false},
		{"machine renamed", Config{Machine: "one"}, Config{Machine: "two"}, false, true},
		{"machine renamed, and configured", Config{Machine: "one"}, Config{Machine: "two", Names: []string{"two"}}, true, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := folder(t.TempDir())
			before := open(t, test.before, files)
			var said strings.Builder
			after := openLogged(t, test.after, files, slog.New(slog.NewTextHandler(&said, nil)))
			if changed := !before.root().Equal(after.root()); changed != test.authority {
				t.Errorf("new authority %v, want %v", changed, test.authority)
			}
			if changed := !before.leaf().Equal(after.leaf()); changed != test.leaf {
				t.Errorf("new certificate %v, want %v", changed, test.leaf)
			}
			if logged := strings.Contains(said.String(), "configured names changed"); logged != test.authority {
				t.Errorf("logged %v, want %v: %s", logged, test.authority, said.String())
			}
			if err := shake(t, after, after.Authority(), "localhost"); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestDamagedFileSaysWhatToDo(t *testing.T) {
	for _, name := range []string{AuthorityFile, ServerFile} {
		for damage, text := range map[string]string{
			"empty":     "",
			"not PEM":   "hello",
			"cut short": "-----BEGIN CERTIFICATE-----\nMIIB",
			"not DER":   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		} {
			files := folder(t.TempDir())
			open(t, Config{}, files)
			if err := files.SaveFile(name, []byte(text)); err != nil {
				t.Fatal(err)
			}
			_, err := OpenPrivate(Config{}, files, quiet())
			if err == nil || !strings.Contains(err.Error(), files.Path(name)) || !strings.Contains(err.Error(), "delete it") {
				t.Errorf("%s %s: %v", name, damage, err)
			}
		}
	}
}

func TestKeyOfAnotherCertificateIsRefused(t *testing.T) {
	one, two := folder(t.TempDir()), folder(t.TempDir())
	open(t, Config{}, one)
	open(t, Config{}, two)
	a, _ := one.LoadFile(AuthorityFile)
	b, _ := two.LoadFile(AuthorityFile)
	cert, _, _ := bytes.Cut(a, []byte("-----BEGIN PRIVATE"))
	_, key, _ := bytes.Cut(b, []byte("-----BEGIN PRIVATE"))
	mixed := append(append(cert, "-----BEGIN PRIVATE"...), key...)
	if _, err := decodePair(mixed); err == nil || !strings.Contains(err.Error(), "not the key") {
		t.Errorf("got %v", err)
	}
}

func TestNamesThatCannotBeAreRefused(t *testing.T) {
	for _, bad := range []string{"", "a b", "x..y", "-a.example", "https://x.example", "x.example:443", "*", "a.*.example", strings.Repeat("a", 64) + ".example"} {
		if _, err := OpenPrivate(Config{Names: []string{bad}}, folder(t.TempDir()), quiet()); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestMachineNameThatCannotBeIsLeftOut(t *testing.T) {
	p := open(t, Config{Machine: "my_box!"}, folder(t.TempDir()))
	if got := p.leaf().DNSNames; len(got) != 2 {
		t.Errorf("names are %q", got)
	}
}

func TestConstraintsSurviveEncoding(t *testing.T) {
	n := names{dns: []string{"calls.example.com"}, ips: []netip.Addr{netip.MustParseAddr("203.0.113.7"), netip.MustParseAddr("2001:db8::7")}}
	want := constraintsFor(n)
	if got := constraintsOf(want.dns, want.ipNets()); !got.equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func FuzzDecodePair(f *testing.F) {
	files := folder(f.TempDir())
	if _, err := OpenPrivate(Config{}, files, quiet()); err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{AuthorityFile, ServerFile} {
		text, err := files.LoadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := decodePair(text); err == nil && !p.key.PublicKey.Equal(p.cert.PublicKey) {
			t.Error("a key of another certificate came through")
		}
	})
}
