package httpclient

import (
	"net/http"
	"net/url"
)

// Target is a URL that is posted to, with what each request to it begins with.
type Target struct {
	to   address
	head []byte // the request line and the field Host
}

// Target prepares a URL for Post. It returns nil where requests to the URL are
// unusual, and are a matter for RoundTrip.
func (t *Transport) Target(u *url.URL) *Target {
	if !canPeek || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" || u.User != nil ||
		!isPlainHost(u.Host) || u.Host[len(u.Host)-1] == ':' || !isVisible(u.RequestURI()) {
		return nil
	}
	if t.cfg.Proxy != nil {
		if proxy, err := t.cfg.Proxy(&http.Request{Method: http.MethodPost, URL: u, Header: http.Header{}}); proxy != nil || err != nil {
			return nil
		}
	}
	return &Target{to: addressOf(u), head: []byte("POST " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\n")}
}

// isVisible reports whether text has no characters that end a word of the request
// line: RFC 9112 §3.
func isVisible(text string) bool {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] == 0x7f {
			return false
		}
	}
	return true
}
