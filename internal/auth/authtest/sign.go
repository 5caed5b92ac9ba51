// Package authtest signs requests as Azure's clients do. It is written apart
// from the server's check, so that the two hold each other to the scheme.
package authtest

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Sign signs r, whose whole body is given, with an access key in base64, as the
// JavaScript client does at that time.
func Sign(r *http.Request, body []byte, key string, at time.Time) error {
	secret, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return fmt.Errorf("access key: %w", err)
	}
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	hash := sha256.Sum256(body)
	contentHash := base64.StdEncoding.EncodeToString(hash[:])
	date := at.UTC().Format(http.TimeFormat)
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s\n%s\n%s;%s;%s", r.Method, r.URL.RequestURI(), date, host, contentHash)
	r.Header.Set("x-ms-date", date)
	r.Header.Set("x-ms-content-sha256", contentHash)
	r.Header.Set("Authorization", "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature="+
		base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return nil
}

// Transport signs every request that passes through it.
type Transport struct {
	Key  string            // access key in base64
	Base http.RoundTripper // nil: http.DefaultTransport
	Now  func() time.Time  // nil: time.Now
}

// RoundTrip signs a copy of r and sends it.
func (t Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r.Body.Close()
	}
	signed := r.Clone(r.Context())
	signed.Body = io.NopCloser(bytes.NewReader(body))
	now, base := t.Now, t.Base
	if now == nil {
		now = time.Now
	}
	if base == nil {
		base = http.DefaultTransport
	}
	if err := Sign(signed, body, t.Key, now()); err != nil {
		return nil, err
	}
	return base.RoundTrip(signed)
}
