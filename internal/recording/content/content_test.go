package content

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/recording/access"
	"github.com/switchhook/switchhook/internal/rest"
)

var completed = time.Date(2026, 11, 20, 13, 4, 5, 0, time.UTC)

// shelf is a library of one document.
type shelf struct {
	text    io.ReaderAt
	size    int64
	deleted bool
	open    int // bodies that are not closed
}

func (s *shelf) Document(_ context.Context, name string) (Document, error) {
	if name != "0-a-d0-1" || s.deleted {
		return nil, fault.NotFound("none")
	}
	return s, nil
}

func (s *shelf) Open() (Bytes, error)                { s.open++; return body{s.text, s}, nil }
func (s *shelf) Metadata() ([]byte, error)           { return []byte("{\r\n}"), nil }
func (s *shelf) Modified() time.Time                 { return completed }
func (s *shelf) Delete(context.Context) (none error) { s.deleted = true; return none }

type body struct {
	io.ReaderAt
	of *shelf
}

func (b body) Close() error         { b.of.open--; return nil }
func (b body) Size() (int64, error) { return b.of.size, nil }

// fixture is a handler behind a router that verifies signatures.
type fixture struct {
	*rest.Router
	shelf     *shelf
	key, weak auth.Key // the weak one may download nothing
}

func newFixture(t testing.TB, text string) *fixture {
	t.Helper()
	f := &fixture{shelf: &shelf{text: strings.NewReader(text), size: int64(len(text))}, key: auth.NewKey(), weak: auth.NewKey()}
	keys, err := auth.NewKeys(f.key, f.weak)
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	f.Router = rest.New(rest.Config{Auth: auth.NewAuthenticator(auth.Config{Keys: keys}), Log: quiet})
	New(f.shelf, access.New(access.Config{Rules: []access.Rule{{By: []string{"primary"}, May: access.Actions}}}, quiet)).Routes(f.Router)
	return f
}

const (
	soundURL    = "https://storage.asm.skype.com:8443/v1/objects/0-a-d0-1/content/audio"
	metadataURL = "https://storage.asm.skype.com:8443/v1/objects/0-a-d0-1/content/acsmetadata"
	deleteURL   = "https://storage.asm.skype.com:8443/v1/objects/0-a-d0-1"
)

// send signs as the JavaScript SDK does: the path alone, with the endpoint's host.
func (f *fixture) send(t testing.TB, key auth.Key, method, url string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	signed := httptest.NewRequest(method, r.URL.Path, nil)
	signed.Host = "localhost:8443"
	if err := authtest.Sign(signed, nil, key.Base64(), time.Now()); err != nil {
		t.Fatal(err)
	}
	for name, values := range signed.Header {
		r.Header[name] = values
	}
	r.Header.Set("x-ms-host", "localhost:8443")
	r.Header.Set("OriginalUrl", url)
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

func TestDownloadsTakeRangesAndConditions(t *testing.T) {
	const etag = `"0-a-d0-1-audio"`
	late := completed.Add(time.Hour).Format(http.TimeFormat)
	for _, test := range []struct {
		name    string
		method  string
		url     string
		headers []string
		status  int
		body    string
		answer  map[string]string // headers
	}{
		{"the whole file", "GET", soundURL, nil, 200, "0123456789", map[string]string{"Content-Type": "application/octet-stream", "ETag": etag, "Content-Length": "10", "Accept-Ranges": "bytes"}},
		{"with a query that is not signed", "GET", soundURL + "?view=1", nil, 200, "0123456789", nil},
		{"a range", "GET", soundURL, []string{"Range", "bytes=2-4"}, 206, "234", map[string]string{"Content-Range": "bytes 2-4/10"}},
		{"to the end", "GET", soundURL, []string{"Range", "bytes=7-"}, 206, "789", map[string]string{"Content-Range": "bytes 7-9/10"}},
		{"the last bytes", "GET", soundURL, []string{"Range", "bytes=-2"}, 206, "89", nil},
		{"beyond the end", "GET", soundURL, []string{"Range", "bytes=8-100"}, 206, "89", nil},
		{"after the end", "GET", soundURL, []string{"Range", "bytes=10-"}, 416, "", map[string]string{"Content-Range": "bytes */10"}},
		{"Python's bytes=None", "GET", soundURL, []string{"Range", "bytes=None"}, 200, "0123456789", nil},
		{"Python's bytes=0", "GET", soundURL, []string{"Range", "bytes=0"}, 200, "0123456789", nil},
		{"two ranges", "GET", soundURL, []string{"Range", "bytes=0-1,4-5"}, 200, "0123456789", nil},
		{"a range in other units", "GET", soundURL, []string{"Range", "items=0-1"}, 200, "0123456789", nil},
		{"a range that overflows", "GET", soundURL, []string{"Range", "bytes=99999999999999999999-"}, 200, "0123456789", nil},
		{"HEAD", "HEAD", soundURL, nil, 200, "", map[string]string{"Content-Length": "10", "ETag": etag}},
		{"HEAD of a range", "HEAD", soundURL, []string{"Range", "bytes=0-3"}, 206, "", map[string]string{"Content-Length": "4", "Content-Range": "bytes 0-3/10"}},
		{"what the client has, by tag", "GET", soundURL, []string{"If-None-Match", etag}, 304, "", map[string]string{"ETag": etag}},
		{"what the client has, by date", "GET", soundURL, []string{"If-Modified-Since", late}, 304, "", nil},
		{"another tag", "GET", soundURL, []string{"If-None-Match", `"other"`}, 200, "0123456789", nil},
		{"If-Match of another", "GET", soundURL, []string{"If-Match", `"other"`}, 412, "", nil},
		{"a range of the same file", "GET", soundURL, []string{"Range", "bytes=0-1", "If-Range", etag}, 206, "01", nil},
		{"a range of another file", "GET", soundURL, []string{"Range", "bytes=0-1", "If-Range", `"other"`}, 200, "0123456789", nil},
		{"metadata", "GET", metadataURL, nil, 200, "{\r\n}", map[string]string{"ETag": `"0-a-d0-1-acsmetadata"`}},
		{"another document", "GET", strings.Replace(soundURL, "d0", "d1", 1), nil, 404, "", nil},
	} {
		f := newFixture(t, "0123456789")
		w := f.send(t, f.key, test.method, test.url, test.headers...)
		if w.Code != test.status || test.status < 400 && w.Body.String() != test.body || test.status == 404 && w.Body.Len() > 0 {
			t.Errorf("%s: %d %q", test.name, w.Code, w.Body)
		}
		for name, want := range test.answer {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, name, got, want)
			}
		}
		if f.shelf.open != 0 {
			t.Errorf("%s: %d files are left open", test.name, f.shelf.open)
		}
	}
}

func TestDeletedDocumentIsGone(t *testing.T) {
	f := newFixture(t, "0123456789")
	if w := f.send(t, f.key, "DELETE", deleteURL); w.Code != 200 || w.Body.Len() > 0 {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
	for _, request := range [][2]string{{"GET", soundURL}, {"HEAD", soundURL}, {"GET", metadataURL}, {"DELETE", deleteURL}} {
		if w := f.send(t, f.key, request[0], request[1]); w.Code != 404 || w.Body.Len() > 0 {
			t.Errorf("%s %s: %d %q", request[0], request[1], w.Code, w.Body)
		}
	}
}

func TestStrangersGetNothing(t *testing.T) {
	for _, request := range [][2]string{{"GET", soundURL}, {"HEAD", soundURL}, {"GET", metadataURL}, {"DELETE", deleteURL}} {
		f := newFixture(t, "0123456789")
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest(request[0], request[1], nil))
		if w.Code != 401 || w.Body.Len() > 0 {
			t.Errorf("without a key, %s %s: %d %q", request[0], request[1], w.Code, w.Body)
		}
		if w := f.send(t, auth.NewKey(), request[0], request[1]); w.Code != 401 || w.Body.Len() > 0 {
			t.Errorf("with another key, %s %s: %d", request[0], request[1], w.Code)
		}
		if w := f.send(t, f.weak, request[0], request[1]); w.Code != 403 || f.shelf.deleted || w.Body.Len() > 0 {
			t.Errorf("without permission, %s %s: %d", request[0], request[1], w.Code)
		}
	}
}

// zeros is a file of any size.
type zeros struct{}

func (zeros) ReadAt(p []byte, _ int64) (int, error) { clear(p); return len(p), nil }

// TestLargeFileTakesLittleMemory downloads 1 GiB.
func TestLargeFileTakesLittleMemory(t *testing.T) {
	f := newFixture(t, "")
	f.shelf.text, f.shelf.size = zeros{}, 1<<30
	server := httptest.NewServer(f)
	defer server.Close()
	r, err := http.NewRequest("GET", server.URL+"/v1/objects/0-a-d0-1/content/audio", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := authtest.Sign(r, nil, f.key.Base64(), time.Now()); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, answer.Body, bytes.Repeat([]byte{0}, 64<<10))
	runtime.ReadMemStats(&after)
	if n != 1<<30 || err != nil || after.TotalAlloc-before.TotalAlloc > 8<<20 {
		t.Errorf("%d bytes, %v, %d allocated", n, err, after.TotalAlloc-before.TotalAlloc)
	}
}
