package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"
)

// shows has the certificate of a test.
type shows struct {
	Certificate
	cert *tls.Certificate
}

func (s shows) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.cert, nil }

// signedForUses makes a certificate for some uses.
func signedForUses(t *testing.T, uses ...x509.ExtKeyUsage) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"sbc.example"}, ExtKeyUsage: uses}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestTrunksThatAskAreShownACertificateForClients has a border controller that asks who calls.
func TestTrunksThatAskAreShownACertificateForClients(t *testing.T) {
	controller := signedForUses(t, x509.ExtKeyUsageServerAuth)
	for _, test := range []struct {
		name string
		uses []x509.ExtKeyUsage
		want int
	}{
		{"servers alone", []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, 0},
		{"servers and clients", []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, 1},
		{"any use", []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, 1},
		{"no use in particular", nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			calling := trunkTLS(shows{cert: signedForUses(t, test.uses...)})
			calling.InsecureSkipVerify = true // who is called is not what this is about
			here, there := net.Pipe()
			defer here.Close()
			defer there.Close()
			called := tls.Server(there, &tls.Config{Certificates: []tls.Certificate{*controller}, ClientAuth: tls.RequestClientCert, SessionTicketsDisabled: true})
			failed := make(chan error, 1)
			go func() { failed <- called.HandshakeContext(t.Context()) }()
			if err := tls.Client(here, calling).HandshakeContext(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := <-failed; err != nil {
				t.Fatal(err)
			}
			if got := len(called.ConnectionState().PeerCertificates); got != test.want {
				t.Errorf("it is shown %d certificates, want %d", got, test.want)
			}
		})
	}
}
