package certificate

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"
)

// Private is the server's identity under its own authority. Its methods are
// safe for concurrent use.
type Private struct {
	files   Files
	log     *slog.Logger
	names   names  // localhost and what the operator configured
	machine string // the machine's host name
	current atomic.Pointer[identity]
}

// identity is what is in force; it is replaced as a whole.
type identity struct {
	authority pair
	server    pair
	tls       tls.Certificate
}

// Config says whom a private authority speaks for.
type Config struct {
	Names   []string // configured host names and addresses, besides localhost
	Machine string   // the machine's host name; one that cannot stand in a certificate is left out
}

// OpenPrivate reads the authority and the server's certificate from files, and
// makes what is missing, due for renewal or signed for other names. Changed
// names make a new authority, which clients have to trust anew; it says so in
// the log. A damaged file is an error that names it.
func OpenPrivate(cfg Config, files Files, log *slog.Logger) (*Private, error) {
	configured, err := parseNames(cfg.Names...)
	if err != nil {
		return nil, err
	}
	p := &Private{files: files, log: log, names: configured.and(localNames), machine: cfg.Machine}
	if err := p.refresh(); err != nil {
		return nil, err
	}
	if !p.current.Load().authority.constraints().permits(machineNames(p.machine)) {
		log.Warn("certificate leaves out the host name: the private CA was made under another; configure it as public host to include it", "host", p.machine)
	}
	return p, nil
}

// GetCertificate is for tls.Config.
func (p *Private) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return &p.current.Load().tls, nil
}

// Authority returns the certificate that clients have to trust, as PEM.
func (p *Private) Authority() []byte { return p.current.Load().authority.public() }

// checkEvery bounds the wait for a renewal: a machine that slept wakes with
// its timers late.
const checkEvery = 12 * time.Hour

// Run renews the certificates as they come of age, until the context ends. A
// renewal that fails is tried again at the next check; a third of the
// certificate's life is left for that.
func (p *Private) Run(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := p.refresh(); err != nil {
			p.log.Error("certificate not renewed", "error", err)
		}
	}
}

// refresh brings authority, certificate and the public copy up to date.
func (p *Private) refresh() error {
	authority, err := p.authority(time.Now())
	if err != nil {
		return err
	}
	server, err := p.server(authority, time.Now())
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

// authority returns the authority in force at that moment.
func (p *Private) authority(now time.Time) (pair, error) {
	old, err := p.load(AuthorityFile, "restore it from a backup, or delete it to get a new authority, which clients must then trust anew")
	if errors.Is(err, fs.ErrNotExist) {
		made, err := p.newAuthority(now)
		return p.keep(AuthorityFile, made, err, "private CA made")
	}
	if err != nil {
		return pair{}, err
	}
	// The machine's name of today counts only in a new authority: containers
	// get another name at each start, and trust must not break with it.
	if !old.constraints().equal(constraintsFor(p.names.and(machineNames(old.machine())))) {
		made, err := p.newAuthority(now)
		return p.keep(AuthorityFile, made, err, "configured names changed: new private CA, clients must trust the new "+PublicFile)
	}
	if now.Before(renewAt(old.cert.NotAfter, authorityLife)) {
		return old, nil
	}
	made, err := renewAuthority(old, now)
	return p.keep(AuthorityFile, made, err, "private CA renewed with the same key")
}

func (p *Private) newAuthority(now time.Time) (pair, error) {
	return newAuthority(constraintsFor(p.names.and(machineNames(p.machine))), p.machine, now)
}

// server returns the server's certificate in force at that moment.
func (p *Private) server(authority pair, now time.Time) (pair, error) {
	wanted := p.names
	// A machine renamed since the authority was made may be beyond it.
	if machine := machineNames(p.machine); authority.constraints().permits(machine) {
		wanted = wanted.and(machine)
	}
	old, err := p.load(ServerFile, "delete it: a new one is signed at the next start")
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return pair{}, err
	case authority.serves(old, wanted) && now.Before(renewAt(old.cert.NotAfter, serverLife)) && now.After(old.cert.NotBefore):
		return old, nil
	}
	made, err := authority.newServer(wanted, now)
	return p.keep(ServerFile, made, err, "server certificate signed")
}

// load reads a file of ours; remedy is what to do about a damaged one.
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

// keep saves what was made, and says so.
func (p *Private) keep(name string, made pair, err error, fact string) (pair, error) {
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
