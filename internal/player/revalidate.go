package player

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
)

// A file without a cache id is asked for at each play. If its server tells one version
// from another (RFC 9110 §8.8), the file is kept from its second play on, and each
// further play only asks whether it is still the same (§13.1.2, §13.1.3).

// maxVersions bounds, in bytes, the addresses whose versions are remembered.
const maxVersions = 1 << 20

// maxVersion bounds what a server calls a version, in bytes: each file that is kept has one.
const maxVersion = 256

// newVersions makes the map of the versions that files had when they were last played,
// by address.
func newVersions(ttl time.Duration) *expiring.Map[string, string] {
	return expiring.New(expiring.Config[string, string]{
		TTL: ttl, Cost: func(uri, version string) int64 { return int64(len(uri)+len(version)) + entryOverhead }, MaxCost: maxVersions,
	})
}

// keptAs is the name of a file in the cache that has none of the application's.
func keptAs(uri string) string { return "\x01" + uri }

// errUnchanged is the answer that the file is what it was.
var errUnchanged = errors.New("the file has not changed")

// versionOf is what tells a response's version from others; "" where it may not be kept,
// or where the server does not say. A time of change is of use only if it is not that of
// the response: within a second the file may have changed twice (RFC 9110 §8.8.2.2).
func versionOf(r *http.Response) string {
	for _, directive := range strings.Split(strings.Join(r.Header.Values("Cache-Control"), ","), ",") {
		if strings.EqualFold(strings.TrimSpace(directive), "no-store") { // RFC 9111 §5.2.2.5
			return ""
		}
	}
	version := validatorOf(r)
	switch {
	case len(version) > maxVersion:
		return ""
	case version == "", version[0] == '"':
		return version
	}
	changed, err1 := http.ParseTime(version)
	sent, err2 := http.ParseTime(r.Header.Get("Date"))
	if errors.Join(err1, err2) != nil || sent.Sub(changed) < 2*time.Second {
		return ""
	}
	return version
}

// ifChanged is the header that asks for a file only if it is another version.
func ifChanged(version string) map[string]string {
	switch {
	case version == "":
		return nil
	case version[0] == '"':
		return map[string]string{"If-None-Match": version}
	}
	return map[string]string{"If-Modified-Since": version}
}

// openFile asks for a file and reads its header, or returns the clip that was kept, if
// the server says that it is still the same.
func (l *Library) openFile(ctx context.Context, u *url.URL, file File, limit *timeLimit) (*source, *Clip, error) {
	if file.CacheID == "" {
		if clip, ok := l.shelf.get(keptAs(file.URI), l.now()); ok {
			source, err := l.openSource(ctx, u, limit, ifChanged(clip.version))
			if errors.Is(err, errUnchanged) {
				return nil, clip, nil
			}
			l.shelf.drop(clip)
			return source, nil, err
		}
	}
	source, err := l.openSource(ctx, u, limit, nil)
	return source, nil, err
}

// again notes which version of a file is about to be played. It reports whether the same
// was played before.
func (l *Library) again(file File, s *source) bool {
	if file.CacheID != "" || file.URI == "" || s.version == "" {
		return false
	}
	before, ok := l.versions.Get(file.URI, l.now())
	l.versions.Put(file.URI, s.version, l.now())
	return ok && before == s.version
}

// keepsVersions reports whether further plays of a file may share one.
func (l *Library) keepsVersions(file File) bool {
	_, ok := l.versions.Get(file.URI, l.now())
	return ok && file.CacheID == ""
}
