package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"time"

	"github.com/switchhook/switchhook/internal/certificate"
	"github.com/switchhook/switchhook/internal/config"
)

// Certificate looks at the operator's own certificate, if there is one: whether it can be
// read, is valid, and has the names by which clients reach the server.
func Certificate(cfg config.Config) []Finding {
	own := cfg.Certificate
	if own.Cert == "" {
		return nil
	}
	loaded, err := tls.LoadX509KeyPair(own.Cert, own.Key)
	if err != nil {
		return []Finding{{Fail, "certificate " + own.Cert, err.Error()}}
	}
	names := cfg.PublicHosts
	if cfg.TURN.Secure != "" && cfg.TURN.Host != "" {
		names = append(append([]string{}, names...), cfg.TURN.Host)
	}
	return []Finding{certificateFinding(own.Cert, loaded.Leaf, names, time.Now())}
}

func certificateFinding(file string, leaf *x509.Certificate, names []string, now time.Time) Finding {
	const renewal = "the server loads the files again when they change"
	end := leaf.NotAfter.UTC().Format(time.DateTime) + " UTC"
	switch {
	case now.After(leaf.NotAfter):
		return Finding{Fail, fmt.Sprintf("certificate %s expired on %s: clients refuse it", file, end), "renew it; " + renewal}
	case now.Before(leaf.NotBefore):
		return Finding{Fail, fmt.Sprintf("certificate %s is valid from %s UTC on only", file, leaf.NotBefore.UTC().Format(time.DateTime)), "look at the clock of this machine, and at the file"}
	case certificate.Overdue(leaf, now):
		return Finding{Note, fmt.Sprintf("certificate %s expires on %s", file, end), "find out why it was not renewed; " + renewal}
	}
	for _, name := range names {
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
		if err := leaf.VerifyHostname(name); err != nil {
			return Finding{Note, fmt.Sprintf("certificate %s does not name %s: clients that connect by it refuse the certificate", file, name), "get a certificate with all names of public-host (and turn.host), or take the name out there"}
		}
	}
	return Finding{State: OK, What: fmt.Sprintf("certificate %s, until %s", file, end)}
}
