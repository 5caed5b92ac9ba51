package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// candidateHosts lists what the sender may have signed as its host, likeliest
// first: the Host header (JavaScript, .NET), without its port (Java, Python),
// the names that a proxy or a custom endpoint claims, as far as they are ours,
// and the listed names.
func (a *Authenticator) candidateHosts(r *http.Request) []string {
	hosts := make([]string, 0, 8)
	add := func(host string) {
		for _, name := range [...]string{host, strings.ToLower(host), withoutPort(host)} {
			if name != "" && !slices.Contains(hosts, name) {
				hosts = append(hosts, name)
			}
		}
	}
	add(r.Host)
	for _, header := range [...]string{"X-Ms-Host", "X-Forwarded-Host", "X_forwarded_host"} {
		if claimed := r.Header.Get(header); claimed != "" && a.cfg.Hosts.Allows(claimed) {
			add(claimed)
			if _, port, err := net.SplitHostPort(r.Host); err == nil && withoutPort(claimed) == claimed {
				add(net.JoinHostPort(strings.Trim(claimed, "[]"), port)) // Python claims the name that it has signed with its port
			}
		}
	}
	for _, listed := range a.cfg.Hosts.listed {
		add(listed)
	}
	return hosts
}

// candidatePaths lists what the sender may have signed as path and query: the
// request target; decoded once, or with its identifiers escaped (asynchronous
// Python clients, see escapedSegments); without its first slash (Python clients of
// 2023 over plain http).
func candidatePaths(r *http.Request, scope Scope) []string {
	raw := requestTarget(r)
	paths := append(make([]string, 0, 8), raw)
	add := func(path string) {
		if !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	if decoded, err := url.PathUnescape(raw); err == nil {
		add(decoded)
	}
	if escaped, ok := escapedSegments(raw); ok {
		add(escaped)
	}
	if scope.WithoutQuery {
		path, _, _ := strings.Cut(raw, "?")
		add(path)
	}
	if r.TLS == nil {
		for _, path := range slices.Clone(paths) {
			add(strings.TrimPrefix(path, "/"))
		}
	}
	return paths
}

// escapedSegments is a path whose segments are escaped but for the unreserved
// characters of RFC 3986 §2.3. Asynchronous clients of Call Automation in Python
// sign an identifier as 8%3Aacs%3A…; their HTTP client, yarl, then decodes the
// colons, which RFC 3986 §3.3 permits in a segment. The colon that begins a verb
// is not part of an identifier.
func escapedSegments(raw string) (string, bool) {
	path, query, hasQuery := strings.Cut(raw, "?")
	var text strings.Builder
	for i, segment := range strings.Split(path, "/") {
		if i > 0 {
			text.WriteByte('/')
		}
		plain, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return "", false
		case strings.HasPrefix(segment, ":"):
			text.WriteString(segment)
		default:
			// QueryEscape leaves what PathEscape escapes and more; a blank is its only other form.
			text.WriteString(strings.ReplaceAll(url.QueryEscape(plain), "+", "%20"))
		}
	}
	if hasQuery {
		text.WriteString("?" + query)
	}
	return text.String(), true
}

// requestTarget is the path and query as they stood on the request line.
func requestTarget(r *http.Request) string {
	target := r.RequestURI
	if target == "" {
		return r.URL.RequestURI()
	}
	if !strings.HasPrefix(target, "/") { // absolute form, RFC 9112 §3.2.2
		if _, rest, ok := strings.Cut(target, "://"); ok {
			if slash := strings.IndexByte(rest, '/'); slash >= 0 {
				return rest[slash:]
			}
		}
	}
	return target
}
