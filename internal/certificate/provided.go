package certificate

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Provided is a certificate chain and key from the operator's files, loaded again
// when they change. Its methods are safe for concurrent use.
type Provided struct {
	certFile, keyFile string
	log               *slog.Logger
	tried             [2]fileVersion // that was loaded last, or failed to; Run's alone
	failure           string         // why it failed to; "": it did not. Run's alone
	current           atomic.Pointer[tls.Certificate]
}

// fileVersion is the size and modification time of a file, by which a change of it
// is noticed.
type fileVersion struct {
	modified time.Time
	size     int64
}

// OpenProvided loads a certificate chain and its key, both PEM.
func OpenProvided(certFile, keyFile string, log *slog.Logger) (*Provided, error) {
	p := &Provided{certFile: certFile, keyFile: keyFile, log: log}
	p.tried = p.versions()
	if err := p.load(); err != nil {
		return nil, err
	}
	return p, nil
}

// GetCertificate is for tls.Config.
func (p *Provided) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return p.current.Load(), nil
}

const (
	pollInterval   = 10 * time.Second    // for changed files
	expiryWarning  = 14 * 24 * time.Hour // how long before a certificate expires warnings begin, at most
	warningsPeriod = 24 * time.Hour      // one warning in it
)

// Overdue reports whether a certificate should have been renewed: 14 days are left of it, or
// a quarter of its life if that is less. Of certificates of some days, a third or half is
// left when they are renewed as they should be.
func Overdue(cert *x509.Certificate, now time.Time) bool {
	return cert.NotAfter.Sub(now) < min(expiryWarning, cert.NotAfter.Sub(cert.NotBefore)/4)
}

// Run loads the files again as they change, until the context ends. Files that
// do not belong together (half of a renewal) leave the previous certificate in use.
func (p *Provided) Run(ctx context.Context) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	warnings := ratelimit.NewBucket(ratelimit.Every(warningsPeriod))
	for {
		if leaf, now := p.current.Load().Leaf, time.Now(); Overdue(leaf, now) && warnings.Allow(now) {
			if now.After(leaf.NotAfter) {
				p.log.Error("certificate has expired; clients refuse it", "file", p.certFile, "expired", leaf.NotAfter)
			} else {
				p.log.Warn("certificate expires soon", "file", p.certFile, "expires", leaf.NotAfter)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		p.look()
	}
}

// look loads the files if they have changed, or could not be loaded before: whoever may read
// them can change without them. It tells a failure once.
func (p *Provided) look() {
	versions := p.versions()
	if versions == p.tried && p.failure == "" {
		return
	}
	p.tried = versions
	err := p.load()
	if err == nil {
		p.failure = ""
		return
	}
	if err.Error() != p.failure {
		p.log.Error("changed certificate files cannot be loaded; the previous certificate stays in use", "error", err)
	}
	p.failure = err.Error()
}

func (p *Provided) load() error {
	cert, err := tls.LoadX509KeyPair(p.certFile, p.keyFile)
	if err != nil {
		return fmt.Errorf("load the certificate %s with the key %s: %w", p.certFile, p.keyFile, err)
	}
	p.current.Store(&cert)
	p.log.Info("certificate loaded", "file", p.certFile, "expires", cert.Leaf.NotAfter)
	return nil
}

// versions follows symbolic links, which renewal tools switch.
func (p *Provided) versions() (v [2]fileVersion) {
	for i, name := range []string{p.certFile, p.keyFile} {
		if info, err := os.Stat(name); err == nil {
			v[i] = fileVersion{info.ModTime(), info.Size()}
		}
	}
	return v
}
