package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// verifySignature verifies a signature made with an access key. SDKs disagree on
// the host and the path that they sign, so a few spellings of both are tried.
func (a *Authenticator) verifySignature(r *http.Request, body Body, params string, scope Scope) (Principal, error) {
	var signed authorization
	if denial := signed.parse(params); denial != nil {
		return Principal{}, denial
	}
	if denial := checkDate(r, &signed, a.cfg.Now()); denial != nil {
		return Principal{}, denial
	}
	// What the senders of most requests sign comes first; the rest is made when that was not it.
	if sender, ok := a.signer(r, &signed, []string{r.Host}, []string{requestTarget(r)}); ok && r.Host != "" {
		return sender, checkBody(r, body)
	}
	hosts, paths := a.candidateHosts(r), candidatePaths(r, scope)
	if sender, ok := a.signer(r, &signed, hosts, paths); ok {
		return sender, checkBody(r, body)
	}
	return Principal{}, deny(SchemeHMAC, "HMAC-SHA256 validation failed: the signature matches no access key of this server, which `switchhook keys show` prints; the signed text must be %q, a line feed, the path with its query, a line feed, and the values of %s separated by ';'. Hosts tried: %s. Paths tried: %s",
		r.Method, clip(strings.Join(signed.signedHeaders(), ";")), clip(strings.Join(hosts, ", ")), clip(strings.Join(paths, ", ")))
}

// signer is who signed a request with an access key, with one of these hosts and paths.
func (a *Authenticator) signer(r *http.Request, signed *authorization, hosts, paths []string) (Principal, bool) {
	for _, slot := range [...]Slot{Primary, Secondary} {
		key := a.cfg.Keys.Get(slot)
		if key.matches(r, signed, hosts, paths) {
			return Principal{KeyID: key.ID(), Key: slot.String(), Administrator: slot == Primary, Reader: slot == Primary}, true
		}
	}
	return Principal{}, false
}

// signing makes HMAC-SHA256 of texts with one key, in memory that is used again.
type signing struct {
	mac  hash.Hash
	room [512]byte // for a usual text
	sum  [macBytes]byte
}

func (k Key) matches(r *http.Request, auth *authorization, hosts, paths []string) bool {
	s := k.signings.Get().(*signing)
	defer k.signings.Put(s)
	for _, host := range hosts {
		for _, path := range paths {
			s.mac.Reset()
			s.mac.Write(appendStringToSign(s.room[:0], r, auth.signedHeaders(), host, path))
			if subtle.ConstantTimeCompare(s.mac.Sum(s.sum[:0]), auth.signature[:]) == 1 {
				return true
			}
		}
	}
	return false
}

func appendStringToSign(text []byte, r *http.Request, headers []string, host, path string) []byte {
	text = append(text, r.Method...)
	text = append(text, '\n')
	text = append(text, path...)
	text = append(text, '\n')
	for i, name := range headers {
		if i > 0 {
			text = append(text, ';')
		}
		if name == "host" {
			text = append(text, host...)
			continue
		}
		text = append(text, r.Header.Get(usualName(name))...)
	}
	return text
}

// usualName is the name of a header as Header has it, where that is known without memory.
func usualName(lower string) string {
	switch lower {
	case "x-ms-date":
		return headerDate
	case "x-ms-content-sha256":
		return headerHash
	}
	return lower
}

// checkBody compares the body with its hash, which the signature covers.
func checkBody(r *http.Request, read Body) error {
	body, err := read()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	var room, given [2 * sha256.Size]byte
	want := base64.StdEncoding.AppendEncode(room[:0], sum[:])
	if subtle.ConstantTimeCompare(want, append(given[:0], r.Header.Get(headerHash)...)) != 1 {
		return deny(SchemeHMAC, "Request 'x-ms-content-sha256' differs from generated content hash. HMAC-SHA256 validation failed: the header says %q, the %d bytes received give %q", clip(r.Header.Get(headerHash)), len(body), string(want))
	}
	return nil
}

func checkDate(r *http.Request, auth *authorization, now time.Time) *Denial {
	name := headerDate
	if !slices.Contains(auth.signedHeaders(), "x-ms-date") {
		name = "Date"
	}
	text := r.Header.Get(name)
	date, err := http.ParseTime(text)
	if err != nil {
		return deny(SchemeHMAC, "HMAC-SHA256 validation failed: %s is %q, not a date such as %q", strings.ToLower(name), clip(text), now.UTC().Format(http.TimeFormat))
	}
	if skew := now.Sub(date); skew > MaxSkew || skew < -MaxSkew {
		return deny(SchemeHMAC, "HMAC-SHA256 validation failed: %s is %s and the server's clock says %s; they may differ by %d minutes", strings.ToLower(name), date.UTC().Format(http.TimeFormat), now.UTC().Format(http.TimeFormat), int(MaxSkew.Minutes()))
	}
	return nil
}

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
