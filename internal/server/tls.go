package server

import (
	"context"
	"crypto/tls"
	"log/slog"
	"os"
	"time"

	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
)

// Certificate is the server's TLS identity; Run keeps it current.
type Certificate interface {
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	Run(ctx context.Context)
}

// openCertificate takes the operator's own files where they are configured,
// and the private authority in the data directory elsewhere. That one also signs for the host
// from which SDKs download recordings, beside files of the operator.
func openCertificate(cfg config.Config, data *datadir.Dir, log *slog.Logger) (Certificate, error) {
	log = log.With("part", "certificate")
	own := cfg.Certificate
	if own.Cert == "" {
		return openPrivate(cfg, data, log)
	}
	provided, err := certificate.OpenProvided(own.Cert, own.Key, log)
	if err != nil || !certificate.OfRecordings(cfg.Recording.Host) {
		return provided, err
	}
	private, err := openPrivate(cfg, data, log)
	if err != nil {
		return nil, err
	}
	return certificate.Beside{Provided: provided, Private: private}, nil
}

func openPrivate(cfg config.Config, data *datadir.Dir, log *slog.Logger) (*certificate.Private, error) {
	machine, _ := os.Hostname() // without a name there is one name less
	return certificate.OpenPrivate(certificate.Config{Names: cfg.CertificateNames(), Machine: machine}, data, log)
}

// certificateEnd is when the certificate in use expires.
func (p *parts) certificateEnd() time.Time {
	cert, err := p.cert.GetCertificate(nil)
	if err != nil {
		return time.Time{}
	}
	return cert.Leaf.NotAfter
}

// certificateOverdue reports whether the certificate in use should have been renewed.
func (p *parts) certificateOverdue() bool {
	cert, err := p.cert.GetCertificate(nil)
	return err == nil && certificate.Overdue(cert.Leaf, time.Now())
}

// httpsConfig is for the HTTPS listeners. Its protocols are named although net/http
// knows them: a server that also serves without TLS would offer HTTP/2 there and
// not speak it.
func httpsConfig(cert Certificate) *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: cert.GetCertificate,
		NextProtos:     []string{"h2", "http/1.1"},
	}
}
