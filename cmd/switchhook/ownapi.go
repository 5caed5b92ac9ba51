package main

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

// newOwnAPI is for the running server of a configuration and its data directory. Where it has
// the operator's own certificate, that one is trusted as it is: it need not name this machine,
// its authority need not be known here, and who has to look why it was not renewed can.
func newOwnAPI(cfg config.Config, to resource.Connection) (*api, error) {
	client, err := newAPI(to, filepath.Join(cfg.Data, datadir.AuthorityFile), ownName(cfg))
	if err != nil || cfg.Certificate.Cert == "" {
		return client, err
	}
	own, err := ownCertificate(cfg.Certificate.Cert)
	if err != nil {
		return client, nil // who may not read it has the authorities of the system
	}
	settings := client.client.Transport.(*http.Transport).TLSClientConfig
	roots, name := settings.RootCAs, cmp.Or(settings.ServerName, to.Endpoint.Hostname())
	settings.InsecureSkipVerify = true // of the name and the chain, which VerifyConnection looks at; the server shows that it has the key
	settings.VerifyConnection = func(state tls.ConnectionState) error {
		shown := state.PeerCertificates
		if bytes.Equal(shown[0].Raw, own) {
			return nil
		}
		chain := x509.NewCertPool()
		for _, issuer := range shown[1:] {
			chain.AddCert(issuer)
		}
		if _, err := shown[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: chain, DNSName: name}); err != nil {
			return &tls.CertificateVerificationError{UnverifiedCertificates: shown, Err: err}
		}
		return nil
	}
	return client, nil
}

// ownName is the name in the operator's own certificate: we reach the server
// as localhost, for which public authorities sign nothing.
func ownName(cfg config.Config) string {
	if cfg.Certificate.Cert == "" || len(cfg.PublicHosts) == 0 {
		return ""
	}
	return cfg.PublicHosts[0]
}

// ownCertificate is the first certificate of a file, which is the server's.
func ownCertificate(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return nil, os.ErrNotExist
		}
		if block.Type == "CERTIFICATE" {
			return block.Bytes, nil
		}
	}
}
