package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"net/http"
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
