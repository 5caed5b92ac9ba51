package certificate

import (
	"context"
	"crypto/tls"
	"sync"
)

// Beside is the operator's certificate, and for the hosts of recordings, which it does not
// name, that of the private authority: an application finds the host by its own hosts file or
// DNS, and trusts that authority for it. RFC 6066 §3: a client says which host it wants.
type Beside struct {
	Provided *Provided
	Private  *Private
}

// GetCertificate is for tls.Config.
func (b Beside) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	cert, err := b.Provided.GetCertificate(hello)
	if err != nil || hello == nil || !OfRecordings(hello.ServerName) || cert.Leaf.VerifyHostname(hello.ServerName) == nil {
		return cert, err
	}
	return b.Private.GetCertificate(hello)
}

// Run keeps both current, until the context ends.
func (b Beside) Run(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { b.Provided.Run(ctx) })
	both.Go(func() { b.Private.Run(ctx) })
	both.Wait()
}
