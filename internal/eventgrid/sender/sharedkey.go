package sender

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
)

// storageVersion is the version of the REST protocol that is spoken.
const storageVersion = "2021-12-02"

// sign authorizes a request with the account's key ("Authorize with Shared
// Key", https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).
// Without a key, the signature is in the request's query already.
func sign(req *http.Request, a storage.Account, query url.Values, now time.Time) {
	req.Header.Set("x-ms-date", now.UTC().Format(http.TimeFormat))
	req.Header.Set("x-ms-version", storageVersion)
	if len(a.Key) == 0 {
		return
	}
	length := ""
	if req.ContentLength > 0 {
		length = strconv.FormatInt(req.ContentLength, 10)
	}
	text := strings.Join([]string{
		req.Method,
		"", "", // encoding, language
		length,
		"", // MD5
		req.Header.Get("Content-Type"),
		"", "", "", "", "", "", // date (x-ms-date is used), conditions, range
		"x-ms-date:" + req.Header.Get("x-ms-date"),
		"x-ms-version:" + storageVersion,
		canonical(a, req.URL, query),
	}, "\n")
	mac := hmac.New(sha256.New, a.Key)
	mac.Write([]byte(text))
	req.Header.Set("Authorization", "SharedKey "+a.Name+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// canonical is the resource with its query, in the order of names.
func canonical(a storage.Account, u *url.URL, query url.Values) string {
	var b strings.Builder
	b.WriteString("/" + a.Name + u.EscapedPath())
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString("\n" + strings.ToLower(name) + ":" + strings.Join(query[name], ","))
	}
	return b.String()
}
