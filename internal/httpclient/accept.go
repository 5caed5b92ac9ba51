package httpclient

import (
	"crypto/tls"
	"errors"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// address names a server: connections of one address can replace each other.
type address struct {
	secure bool
	host   string // with its port
	name   string // without it, as in the certificate
}

func addressOf(u *url.URL) address {
	a := address{secure: u.Scheme == "https", name: u.Hostname()}
	port := u.Port()
	switch {
	case port != "" && !strings.Contains(a.name, ":"):
		a.host = u.Host
		return a
	case port == "" && a.secure:
		port = "443"
	case port == "":
		port = "80"
	}
	a.host = net.JoinHostPort(a.name, port)
	return a
}

// takes reports whether a request is a usual one. The others are those whose
// framing, route or connection needs more than one write and one read.
func (t *Transport) takes(req *http.Request) bool {
	switch {
	case !canPeek, req.URL == nil, req.URL.Scheme != "http" && req.URL.Scheme != "https",
		req.Method != http.MethodPost, req.Body == nil, req.GetBody == nil,
		req.ContentLength <= 0, req.ContentLength > maxBody,
		len(req.TransferEncoding) > 0, len(req.Trailer) > 0, req.Close,
		!isPlainHost(req.URL.Host), req.Host != "" && !isPlainHost(req.Host):
		return false
	}
	for name, values := range req.Header {
		if !isUsual(name) {
			return false
		}
		for _, value := range values {
			if !isFieldValue(value) {
				return false // and is refused by the other transport
			}
		}
	}
	if t.cfg.Proxy != nil {
		if proxy, err := t.cfg.Proxy(req); proxy != nil || err != nil {
			return false
		}
	}
	return true
}

// isPlainHost reports whether a host needs no conversion (IDNA, zones).
func isPlainHost(host string) bool {
	for i := range len(host) {
		if c := host[i]; !isLetterOrDigit(c) && !strings.ContainsRune("-._:[]", rune(c)) {
			return false
		}
	}
	return host != ""
}

// framing are the fields that change framing or route.
var framing = [...]string{"Expect", "Connection", "Upgrade", "Te", "Trailer", "Transfer-Encoding", "Content-Length", "Host", "Keep-Alive", "Proxy-Connection"}

// isUsual reports whether a field, by its name, changes neither framing nor route.
func isUsual(name string) bool {
	for _, one := range framing {
		if len(one) == len(name) && strings.EqualFold(one, name) {
			return false
		}
	}
	return isFieldName(name)
}

// isFieldName reports whether text is a token: RFC 9110 §5.1, §5.6.2.
func isFieldName[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; !isLetterOrDigit(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return len(text) > 0
}

// isFieldValue reports whether text has no control characters but tabs: RFC 9110 §5.5.
func isFieldValue[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func isLetterOrDigit(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// maxNewer bounds the hosts that are remembered as speaking no HTTP/1.1. The
// others cost a handshake in vain for each new connection.
const maxNewer = 1000

// alertNoProtocol is no_application_protocol: RFC 7301 §3.2.
const alertNoProtocol = tls.AlertError(120)

var errNewer = errors.New("the server speaks no HTTP/1.1")

// refusalOf names the error of a handshake. Package tls gives the server's alert
// as text.
func refusalOf(err error) error {
	var said *net.OpError
	if errors.As(err, &said) && said.Op == "remote error" && said.Err.Error() == alertNoProtocol.Error() {
		return errNewer
	}
	return err
}

func (t *Transport) isNewer(to address) bool {
	known := t.newer.Load()
	return known != nil && to.secure && (*known)[to.host]
}

func (t *Transport) noteNewer(to address) {
	next := map[string]bool{to.host: true}
	if known := t.newer.Load(); known != nil && len(*known) < maxNewer {
		maps.Copy(next, *known)
	}
	t.newer.Store(&next) // of two at once one is noted, and the other the next time
}
