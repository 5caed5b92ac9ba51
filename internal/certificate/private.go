package certificate

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"
)

// Private is the server's certificate with the private certificate authority (CA)
// that signs it. Its methods are safe for concurrent use.
type Private struct {
	files   Files
	log     *slog.Logger
	names   names  // localhost and what the operator configured
	machine string // the machine's host name
	clock   func() time.Time
	every   time.Duration // checkInterval
	current atomic.Pointer[identity]
}

// identity is the authority and the certificate in use; it is replaced as a whole.
type identity struct {
	authority pair
	server    pair
	tls       tls.Certificate
}

// serves reports whether both need no renewal.
func (i *identity) serves(now time.Time) bool {
	return i.authority.serves(authorityLife, now) && i.server.serves(serverLife, now)
}

// Config is the names that a private authority may sign for.
type Config struct {
	Names   []string // configured host names and addresses, besides localhost
	Machine string   // the machine's host name; an invalid DNS name is left out
}

// OpenPrivate reads the authority and the server's certificate from files, and
// creates what is missing, due for renewal or signed for other names. Changed
// names need a new authority, which clients have to trust anew; the log says so. A
// damaged file is an error that names it.
func OpenPrivate(cfg Config, files Files, log *slog.Logger) (*Private, error) {
	configured, err := parseNames(cfg.Names...)
	if err != nil {
		return nil, err
	}
	p := &Private{files: files, log: log, names: configured.and(localNames), machine: cfg.Machine, clock: time.Now, every: checkInterval}
	if err := p.refresh(); err != nil {
		return nil, err
	}
	if !p.current.Load().authority.constraints().permits(machineNames(p.machine)) {
		log.Warn("certificate does not contain the host name because the private CA was created under another; configure it as a public host to include it", "host", p.machine)
	}
	return p, nil
}

// GetCertificate is for tls.Config.
func (p *Private) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return &p.current.Load().tls, nil
}

// Authority returns the certificate that clients have to trust, as PEM.
func (p *Private) Authority() []byte { return p.current.Load().authority.public() }

// refresh brings authority, certificate and the public copy up to date.
func (p *Private) refresh() error {
	authority, err := p.authority(p.clock())
	if err != nil {
		return err
	}
	server, err := p.server(authority, p.clock())
	if err != nil {
		return err
	}
	p.current.Store(&identity{authority, server, tls.Certificate{
		Certificate: [][]byte{server.cert.Raw},
		PrivateKey:  server.key,
		Leaf:        server.cert,
	}})
	public, err := p.files.LoadFile(PublicFile)
	if err == nil && bytes.Equal(public, authority.public()) {
		return nil
	}
	return p.files.SaveFile(PublicFile, authority.public())
}

// authority returns the authority to use at that moment.
func (p *Private) authority(now time.Time) (pair, error) {
	old, err := p.load(AuthorityFile, "restore it from a backup, or delete it: a new authority is created, which clients must then trust")
	if errors.Is(err, fs.ErrNotExist) {
		made, err := p.newAuthority(now)
		return p.save(AuthorityFile, made, err, "private CA created")
	}
	if err != nil {
		return pair{}, err
	}
	// The machine's name of today counts only in a new authority: containers
	// get another name at each start, and trust must not break with it.
	if !old.constraints().equal(constraintsFor(p.names.and(machineNames(old.machine())))) {
		made, err := p.newAuthority(now)
		return p.save(AuthorityFile, made, err, "configured names changed; a new private CA was created and clients must trust the new "+PublicFile)
	}
	if old.serves(authorityLife, now) {
		return old, nil
	}
	fact := "private CA renewed with the same key"
	if now.Before(old.cert.NotBefore) {
		fact = "private CA of a time when the clock of this machine was ahead renewed with the same key; clients must take the new " + PublicFile
	}
	made, err := renewAuthority(old, now)
	return p.save(AuthorityFile, made, err, fact)
}

func (p *Private) newAuthority(now time.Time) (pair, error) {
	return newAuthority(constraintsFor(p.names.and(machineNames(p.machine))), p.machine, now)
}

// server returns the server's certificate to use at that moment.
func (p *Private) server(authority pair, now time.Time) (pair, error) {
	wanted := p.names
	// The constraints of the authority may exclude the new name of a renamed machine.
	if machine := machineNames(p.machine); authority.constraints().permits(machine) {
		wanted = wanted.and(machine)
	}
	old, err := p.load(ServerFile, "delete it: a new one is signed at the next start")
	var made pair
	switch {
	case errors.Is(err, fs.ErrNotExist):
		made, err = authority.newServer(wanted, now)
	case err != nil:
		return pair{}, err
	case authority.signed(old, wanted) && old.serves(serverLife, now):
		return old, nil
	default:
		made, err = authority.nextServer(old, wanted, now)
	}
	return p.save(ServerFile, made, err, "server certificate signed")
}

// load reads a certificate with its key; remedy is what to do about a damaged file.
func (p *Private) load(name, remedy string) (pair, error) {
	text, err := p.files.LoadFile(name)
	if err != nil {
		return pair{}, err
	}
	found, err := decodePair(text)
	if err != nil {
		return pair{}, fmt.Errorf("%s is damaged (%w): %s", p.files.Path(name), err, remedy)
	}
	return found, nil
}

// save writes what was created to its file and logs the fact.
func (p *Private) save(name string, made pair, err error, fact string) (pair, error) {
	if err != nil {
		return pair{}, err
	}
	text, err := made.encode()
	if err != nil {
		return pair{}, err
	}
	if err := p.files.SaveFile(name, text); err != nil {
		return pair{}, err
	}
	p.log.Info(fact, "file", p.files.Path(name), "expires", made.cert.NotAfter)
	return made, nil
}
