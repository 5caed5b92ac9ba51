package certificate

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// Own is a certificate from the operator's own files, loaded again when they
// change. Its methods are safe for concurrent use.
type Own struct {
	certFile, keyFile string
	log               *slog.Logger
	seen              [2]stamp // of the files that were tried last; Run's alone
	current           atomic.Pointer[tls.Certificate]
}

// stamp tells one version of a file from another.
type stamp struct {
	modified time.Time
	size     int64
}

// OpenOwn loads a certificate chain and its key, both PEM.
func OpenOwn(certFile, keyFile string, log *slog.Logger) (*Own, error) {
	o := &Own{certFile: certFile, keyFile: keyFile, log: log}
	o.seen = o.stamps()
	if err := o.load(); err != nil {
		return nil, err
	}
	return o, nil
}

// GetCertificate is for tls.Config.
func (o *Own) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return o.current.Load(), nil
}

const (
	lookEvery   = 10 * time.Second    // for changed files
	endWarning  = 14 * 24 * time.Hour // before the end we begin to complain
	complainGap = 24 * time.Hour      // between two complaints
)

// Run loads the files again as they change, until the context ends. Files that
// do not fit together (half of a renewal) leave the old certificate in force.
func (o *Own) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var complained time.Time
	for {
		if end := o.current.Load().Leaf.NotAfter; time.Until(end) < endWarning && time.Since(complained) >= complainGap {
			o.log.Warn("certificate ends soon", "file", o.certFile, "expires", end)
			complained = time.Now()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := o.stamps()
		if now == o.seen {
			continue
		}
		o.seen = now
		if err := o.load(); err != nil {
			o.log.Error("changed certificate not loaded, the old one stays", "error", err)
		}
	}
}

func (o *Own) load() error {
	cert, err := tls.LoadX509KeyPair(o.certFile, o.keyFile)
	if err != nil {
		return fmt.Errorf("load the certificate %s with the key %s: %w", o.certFile, o.keyFile, err)
	}
	o.current.Store(&cert)
	o.log.Info("certificate loaded", "file", o.certFile, "expires", cert.Leaf.NotAfter)
	return nil
}

// stamps follow symbolic links, as renewal tools switch them.
func (o *Own) stamps() (s [2]stamp) {
	for i, name := range []string{o.certFile, o.keyFile} {
		if info, err := os.Stat(name); err == nil {
			s[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return s
}
