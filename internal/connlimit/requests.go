package connlimit

import (
	"net/http"
	"net/netip"
)

// strangerRequests is how many requests one source has in progress over HTTP/2 on
// connections that have sent no valid credentials. A client that takes no answer (flow
// control, RFC 9113 §5.2) keeps each of them, with its header, until the answer's time is
// over; one connection carries as many as it likes, so the bound on connections is none.
const strangerRequests = 256

// Handler serves a stranger's requests over HTTP/2 as far as there are not too many of its
// source; others are reset, since an answer would wait as well.
func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, _ := r.Context().Value(connectionKey{}).(*Connection)
		if c == nil || r.ProtoMajor < 2 { // HTTP/1 has one on a connection
			next.ServeHTTP(w, r)
			return
		}
		counted, ok := c.limit.request(c)
		if !ok {
			panic(http.ErrAbortHandler)
		}
		if counted {
			defer c.limit.requestOver(c.source)
			defer func() { _ = http.NewResponseController(w).Flush() }() // the end of an answer waits for its client too
		}
		next.ServeHTTP(w, r)
	})
}

// request counts a request of a stranger; ok is false where its source has too many.
func (l *Limit) request(c *Connection) (counted, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.proven:
		return false, true
	case l.requests[c.source] >= strangerRequests:
		return false, false
	}
	l.requests[c.source]++
	return true, true
}

func (l *Limit) requestOver(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.requests[from]--; l.requests[from] == 0 {
		delete(l.requests, from)
	}
}
