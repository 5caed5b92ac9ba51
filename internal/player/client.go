package player

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// newClient makes the HTTP client of all downloads, within the bounds of cfg.
func newClient(cfg Config) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		DialContext:         dialer.DialContext,
		TLSClientConfig:     cfg.TLS.Clone(),
		TLSHandshakeTimeout: 10 * time.Second,
		// No HTTP/2: its client keeps megabytes of a response that is read slowly.
		DisableCompression:     true, // the limit shall hold for what is decoded as well
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    8,
		MaxIdleConns:           64,
		IdleConnTimeout:        time.Minute,
	}
	if cfg.Allow == nil {
		transport.Proxy = http.ProxyFromEnvironment
	} else {
		dialer.Control = func(_, address string, _ syscall.RawConn) error { return allowed(cfg.Allow, address) }
	}
	return &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if len(via) > max(0, cfg.MaxRedirects) {
			return fmt.Errorf("more than %d redirects", max(0, cfg.MaxRedirects))
		}
		next.Header.Del("Referer") // net/http tells the next host the query of this one, which may be a signature
		return checkScheme(next.URL)
	}}
}

// allowed asks about an address as the system is about to connect to it.
func allowed(allow func(netip.Addr) error, address string) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("address %q: %w", address, err)
	}
	if err := allow(to.Addr().Unmap()); err != nil {
		return fmt.Errorf("address %v is not allowed: %w", to.Addr(), err)
	}
	return nil
}

// parseURI takes an address that may be downloaded from.
func parseURI(uri string) (*url.URL, error) {
	u, err := url.Parse(uri)
	if err != nil {
		return nil, withoutURL(err)
	}
	if err := checkScheme(u); err != nil {
		return nil, err
	}
	if u.Hostname() == "" {
		return nil, errors.New("the address names no host")
	}
	return u, nil
}

func checkScheme(u *url.URL) error {
	switch u.Scheme {
	case "http", "https":
		return nil
	case "file":
		return errors.New("file:// addresses are not read; serve the file over http or https")
	case "":
		return errors.New("not an absolute http or https address")
	}
	return fmt.Errorf("scheme %q is not http or https", u.Scheme)
}

// withoutURL takes the address, with its secrets, out of net/http's errors.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
