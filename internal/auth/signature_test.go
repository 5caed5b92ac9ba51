package auth

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// captureTime is when the captured requests were signed, give or take minutes.
var captureTime = time.Date(2026, 11, 20, 13, 4, 0, 0, time.UTC)

type capture struct {
	AccessKey string
	Requests  []struct {
		Method, URL, RawBody string
		Headers              map[string]string
	}
}

func loadCapture(t testing.TB, name string) capture {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var c capture
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// request rebuilds a captured request as the server would see it.
func (c capture) request(i int) (*http.Request, []byte) {
	have := c.Requests[i]
	r := httptest.NewRequest(have.Method, have.URL, strings.NewReader(have.RawBody))
	for name, value := range have.Headers {
		r.Header.Set(name, value)
	}
	r.Host = have.Headers["host"]
	r.Header.Del("Host")
	return r, []byte(have.RawBody)
}

func testKey(t testing.TB, text string) Key {
	t.Helper()
	key, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func testGate(t testing.TB, key Key, now time.Time, hosts ...string) *Authenticator {
	t.Helper()
	keys, err := NewKeys(NewKey(), key) // secondary: both slots are exercised
	if err != nil {
		t.Fatal(err)
	}
	return NewAuthenticator(Config{Keys: keys, Hosts: NewHosts(hosts...), Now: func() time.Time { return now }})
}

var captures = []string{"javascript-requests.json", "python-2023-requests.json"}

func TestEveryCapturedRequestVerifies(t *testing.T) {
	for _, name := range captures {
		c := loadCapture(t, name)
		key := testKey(t, c.AccessKey)
		gate := testGate(t, key, captureTime)
		if len(c.Requests) < 9 {
			t.Fatalf("%s holds only %d requests", name, len(c.Requests))
		}
		for i := range c.Requests {
			r, body := c.request(i)
			who, err := gate.Authenticate(r, whole(body), Scope{})
			if err != nil || who.KeyID != key.ID() {
				t.Errorf("%s %d %s %s: %v, %v", name, i, r.Method, r.RequestURI, who, err)
			}
			if _, err := gate.Authenticate(r, whole(body), Scope{}); err != nil {
				t.Errorf("%s %d: a resent signature is refused: %v", name, i, err)
			}
		}
	}
}

func TestAlteredRequestIsRefused(t *testing.T) {
	changes := []struct {
		name   string
		reason string // what the message must say
		change func(r *http.Request, body []byte) []byte
	}{
		{"body byte", "differs from generated content hash", func(_ *http.Request, body []byte) []byte {
			if len(body) == 0 {
				return []byte("x")
			}
			changed := bytes.Clone(body)
			changed[len(changed)/2] ^= 1
			return changed
		}},
		{"body and its hash", "matches no access key", func(r *http.Request, _ []byte) []byte {
			sum := sha256.Sum256([]byte(`{"x":1}`))
			r.Header.Set("x-ms-content-sha256", base64.StdEncoding.EncodeToString(sum[:]))
			return []byte(`{"x":1}`)
		}},
		{"path", "matches no access key", func(r *http.Request, body []byte) []byte {
			r.RequestURI = strings.Replace(r.RequestURI, "?", "x?", 1)
			return body
		}},
		{"query", "matches no access key", func(r *http.Request, body []byte) []byte { r.RequestURI += "&force=1"; return body }},
		{"query dropped", "matches no access key", func(r *http.Request, body []byte) []byte {
			r.RequestURI, _, _ = strings.Cut(r.RequestURI, "?")
			return body
		}},
		{"method", "matches no access key", func(r *http.Request, body []byte) []byte { r.Method = "PUT"; return body }},
		{"host", "matches no access key", func(r *http.Request, body []byte) []byte { r.Host = "other.example:18080"; return body }},
		{"date", "matches no access key", func(r *http.Request, body []byte) []byte {
			r.Header.Set("x-ms-date", captureTime.Format(http.TimeFormat))
			return body
		}},
		{"late", "may differ by 15 minutes", func(r *http.Request, body []byte) []byte {
			r.Header.Set("x-ms-date", captureTime.Add(-16*time.Minute).Format(http.TimeFormat))
			return body
		}},
		{"early", "may differ by 15 minutes", func(r *http.Request, body []byte) []byte {
			r.Header.Set("x-ms-date", captureTime.Add(16*time.Minute).Format(http.TimeFormat))
			return body
		}},
		{"no date", "not a date", func(r *http.Request, body []byte) []byte { r.Header.Del("x-ms-date"); return body }},
		{"signature", "matches no access key", func(r *http.Request, body []byte) []byte {
			head, tail, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
			flipped := byte('A')
			if tail[0] == flipped {
				flipped = 'B'
			}
			r.Header.Set("Authorization", head+"Signature="+string(flipped)+tail[1:])
			return body
		}},
		{"no authorization", "Authorization header is missing", func(r *http.Request, body []byte) []byte { r.Header.Del("Authorization"); return body }},
		{"scheme", "unknown authorization scheme", func(r *http.Request, body []byte) []byte {
			r.Header.Set("Authorization", "Basic abc")
			return body
		}},
	}
	for _, name := range captures {
		c := loadCapture(t, name)
		gate := testGate(t, testKey(t, c.AccessKey), captureTime)
		for i := range c.Requests {
			for _, change := range changes {
				r, body := c.request(i)
				body = change.change(r, body)
				_, err := gate.Authenticate(r, whole(body), Scope{})
				var denial *Denial
				if !errors.As(err, &denial) || !strings.Contains(denial.Reason, change.reason) {
					t.Fatalf("%s %d, changed %s: got %v, want a denial that says %q", name, i, change.name, err, change.reason)
				}
				if strings.Contains(denial.Reason, c.AccessKey) {
					t.Fatalf("changed %s: the message holds the access key", change.name)
				}
			}
		}
	}
}

func TestAnotherKeyIsRefused(t *testing.T) {
	c := loadCapture(t, captures[0])
	gate := testGate(t, NewKey(), captureTime)
	r, body := c.request(0)
	if _, err := gate.Authenticate(r, whole(body), Scope{}); err == nil {
		t.Fatal("a request that a foreign key signed got in")
	}
}

// signedRequest is signed as a client does that puts host and path into the
// string to sign.
func signedRequest(key Key, method, target, hostHeader, signedHost, signedPath string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.Host = hostHeader
	sum := sha256.Sum256(nil)
	hash := base64.StdEncoding.EncodeToString(sum[:])
	date := captureTime.Format(http.TimeFormat)
	r.Header.Set("x-ms-date", date)
	r.Header.Set("x-ms-content-sha256", hash)
	mac := hmac.New(sha256.New, key.secret)
	fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", method, signedPath, date, signedHost, hash)
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return r
}

func TestSignatureIsReadAsClientsMakeIt(t *testing.T) {
	const id = "/identities/8%3Aacs%3Ar_u?api-version=2023-10-01"
	const decoded = "/identities/8:acs:r_u?api-version=2023-10-01"
	tests := []struct {
		name, hostHeader, signedHost, signedPath string
		target                                   string // id unless given
		header                                   [2]string
		tls                                      bool
		scope                                    Scope
		refused                                  bool
	}{
		{name: "host with port", hostHeader: "localhost:8443", signedHost: "localhost:8443", signedPath: id, tls: true},
		{name: "Java signs without port", hostHeader: "localhost:8443", signedHost: "localhost", signedPath: id, tls: true},
		{name: "Python lower case", hostHeader: "LocalHost:8443", signedHost: "localhost", signedPath: id, tls: true},
		{name: "IPv6 without port", hostHeader: "[::1]:8443", signedHost: "[::1]", signedPath: id, tls: true},
		{name: "decoded path", hostHeader: "localhost", signedHost: "localhost", signedPath: decoded, tls: true},
		{name: "escaped path, sent decoded", target: decoded, hostHeader: "localhost", signedHost: "localhost", signedPath: id, tls: true},
		{name: "escaped phone number, sent half decoded", target: "/participants/4:%2B15550100001?api-version=2023-10-01", hostHeader: "localhost", signedHost: "localhost", signedPath: "/participants/4%3A%2B15550100001?api-version=2023-10-01", tls: true},
		{name: "escaped phone number, sent decoded", target: "/participants/4:+15550100001?api-version=2023-10-01", hostHeader: "localhost", signedHost: "localhost", signedPath: "/participants/4%3A%2B15550100001?api-version=2023-10-01", tls: true},
		{name: "escaped application of Teams, sent decoded", target: "/participants/28:orgid:a_b", hostHeader: "localhost", signedHost: "localhost", signedPath: "/participants/28%3Aorgid%3Aa_b", tls: true},
		{name: "escaped name with blank and non-ASCII, sent half decoded", target: "/participants/a%20b:%C3%A9~", hostHeader: "localhost", signedHost: "localhost", signedPath: "/participants/a%20b%3A%C3%A9~", tls: true},
		{name: "escaped path before a verb, sent decoded", target: "/identities/8:acs:r_u/:issueAccessToken", hostHeader: "localhost", signedHost: "localhost", signedPath: "/identities/8%3Aacs%3Ar_u/:issueAccessToken"},
		{name: "another identifier, sent decoded", target: "/identities/8:acs:r_v", hostHeader: "localhost", signedHost: "localhost", signedPath: "/identities/8%3Aacs%3Ar_u", refused: true},
		{name: "no first slash over http", hostHeader: "localhost", signedHost: "localhost", signedPath: id[1:]},
		{name: "no first slash over TLS", hostHeader: "localhost", signedHost: "localhost", signedPath: id[1:], tls: true, refused: true},
		{name: "x-ms-host that is listed", hostHeader: "x.asm.skype.com:8443", signedHost: "acs.example:8443", signedPath: id, header: [2]string{"x-ms-host", "acs.example:8443"}, tls: true},
		{name: "x-ms-host is loopback", hostHeader: "x.asm.skype.com:8443", signedHost: "localhost:8443", signedPath: id, header: [2]string{"x-ms-host", "localhost:8443"}, tls: true},
		{name: "x-ms-host without its port (Python's downloads)", hostHeader: "x.asm.skype.com:8443", signedHost: "localhost:8443", signedPath: id, header: [2]string{"x-ms-host", "localhost"}, tls: true},
		{name: "x-ms-host without its port, IPv6", hostHeader: "x.asm.skype.com:8443", signedHost: "[::1]:8443", signedPath: id, header: [2]string{"x-ms-host", "[::1]"}, tls: true},
		{name: "x-ms-host without its port, another port", hostHeader: "x.asm.skype.com:8443", signedHost: "localhost:9443", signedPath: id, header: [2]string{"x-ms-host", "localhost"}, tls: true, refused: true},
		{name: "x-ms-host of a stranger", hostHeader: "localhost", signedHost: "evil.example", signedPath: id, header: [2]string{"x-ms-host", "evil.example"}, refused: true},
		{name: "X-FORWARDED-HOST", hostHeader: "10.0.0.5:80", signedHost: "acs.example", signedPath: id, header: [2]string{"X-FORWARDED-HOST", "acs.example"}},
		{name: "X_FORWARDED_HOST", hostHeader: "10.0.0.5:80", signedHost: "acs.example:444", signedPath: id, header: [2]string{"X_FORWARDED_HOST", "acs.example:444"}},
		{name: "listed name unseen", hostHeader: "10.0.0.5:80", signedHost: "acs.example", signedPath: id},
		{name: "forwarded stranger", hostHeader: "10.0.0.5:80", signedHost: "evil.example", signedPath: id, header: [2]string{"X-Forwarded-Host", "evil.example"}, refused: true},
		{name: "recording content without query", hostHeader: "localhost", signedHost: "localhost", signedPath: "/identities/8%3Aacs%3Ar_u", scope: Scope{WithoutQuery: true}, tls: true},
		{name: "query left out elsewhere", hostHeader: "localhost", signedHost: "localhost", signedPath: "/identities/8%3Aacs%3Ar_u", tls: true, refused: true},
	}
	key := NewKey()
	gate := testGate(t, key, captureTime, "acs.example")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := signedRequest(key, "GET", cmp.Or(test.target, id), test.hostHeader, test.signedHost, test.signedPath)
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			if test.tls {
				r.TLS = &tls.ConnectionState{}
			}
			_, err := gate.Authenticate(r, whole(nil), test.scope)
			if (err != nil) != test.refused {
				t.Fatalf("refused = %v, want %v (%v)", err != nil, test.refused, err)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	c := loadCapture(b, captures[0])
	key := testKey(b, c.AccessKey)
	keys, _ := NewKeys(key, NewKey())
	gate := NewAuthenticator(Config{Keys: keys, Now: func() time.Time { return captureTime }})
	r, body := c.request(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gate.Authenticate(r, whole(body), Scope{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestVerifyDoesNotAllocate: what verifies a usual signature is used again.
func TestVerifyDoesNotAllocate(t *testing.T) {
	c := loadCapture(t, captures[0])
	gate := testGate(t, testKey(t, c.AccessKey), captureTime)
	r, content := c.request(0)
	body := whole(content)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := gate.Authenticate(r, body, Scope{}); err != nil {
			t.Fatal(err)
		}
	}); n > poolAllocations {
		t.Errorf("%.0f objects a signature", n)
	}
}

func BenchmarkRefuse(b *testing.B) {
	c := loadCapture(b, captures[0])
	gate := testGate(b, NewKey(), captureTime)
	r, body := c.request(0)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := gate.Authenticate(r, whole(body), Scope{}); err == nil {
			b.Fatal("a foreign signature got in")
		}
	}
}

// whole is a body that is there already.
func whole(body []byte) Body { return func() ([]byte, error) { return body, nil } }

// TestStrangersBodyIsNotRead asks that a body is read when its sender has proved
// itself, and not before.
func TestStrangersBodyIsNotRead(t *testing.T) {
	key := NewKey()
	gate := testGate(t, key, captureTime)
	for name, test := range map[string]struct {
		change func(*http.Request)
		read   bool
	}{
		"signed":          {func(*http.Request) {}, true},
		"false signature": {func(r *http.Request) { r.Method = "PUT" }, false},
		"none":            {func(r *http.Request) { r.Header.Del("Authorization") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := signedRequest(key, "GET", "/x", "a.test", "a.test", "/x")
			test.change(r)
			read := false
			_, err := gate.Authenticate(r, func() ([]byte, error) { read = true; return nil, nil }, Scope{})
			if read != test.read || (err == nil) != test.read {
				t.Errorf("read %t, error %v", read, err)
			}
		})
	}
}
