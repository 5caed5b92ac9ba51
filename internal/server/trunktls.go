package server

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
)

// trunkTLS is how trunks over TLS are called. A border controller that asks who calls (mutual
// TLS) is shown the server's certificate, where that is one for clients too. One for servers
// alone is not shown: who only would like to see one takes none, but not a wrong one.
func trunkTLS(cert Certificate) *tls.Config {
	return &tls.Config{GetClientCertificate: func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		own, err := cert.GetCertificate(&tls.ClientHelloInfo{})
		if err != nil || !isForClients(own) || asked.SupportsCertificate(own) != nil {
			return &tls.Certificate{}, nil
		}
		return own, nil
	}}
}

// isForClients reports whether the uses that a certificate names, if any, have that of clients
// among them (RFC 5280 §4.2.1.12).
func isForClients(cert *tls.Certificate) bool {
	if cert == nil || cert.Leaf == nil {
		return false
	}
	uses := cert.Leaf.ExtKeyUsage
	return len(uses)+len(cert.Leaf.UnknownExtKeyUsage) == 0 ||
		slices.Contains(uses, x509.ExtKeyUsageClientAuth) || slices.Contains(uses, x509.ExtKeyUsageAny)
}
