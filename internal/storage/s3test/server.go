// Package s3test is a server of one S3 bucket in memory, for tests: put (also in
// parts), get (also a range), list and delete, as minio-go asks for them.
package s3test

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The credentials that the server takes.
const (
	AccessKey = "key"
	SecretKey = "secret"
)

// Server is a running server.
type Server struct {
	Host string // host:port, without TLS

	bucket  string
	mu      sync.Mutex
	files   map[string]file
	uploads map[string]*upload
}

type file struct {
	data   []byte
	header http.Header // Content-Type and X-Amz-Meta-…
}

// Start runs a server with a bucket until the test ends.
func Start(t testing.TB, bucket string) *Server {
	s := &Server{bucket: bucket, files: map[string]file{}, uploads: map[string]*upload{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.Host = server.Listener.Addr().String()
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential="+AccessKey+"/") {
		fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client broke off; nothing may be kept of it
	}
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		body = unchunked(body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	query := r.URL.Query()
	switch {
	case bucket != s.bucket:
		fail(w, http.StatusNotFound, "NoSuchBucket")
	case query.Has("uploads") || query.Has("uploadId"):
		s.multipart(w, r, key, body)
	case r.Method == http.MethodPut:
		s.files[key] = file{body, kept(r.Header)}
		w.Header().Set("ETag", `"1"`)
	case r.Method == http.MethodDelete:
		delete(s.files, key)
		w.WriteHeader(http.StatusNoContent)
	case key == "":
		s.list(w, query.Get("prefix"), query.Get("start-after"), query.Get("continuation-token"), query.Get("max-keys"))
	default:
		s.get(w, r, key)
	}
}

// get answers with a file, or the range of it that is asked for.
func (s *Server) get(w http.ResponseWriter, r *http.Request, key string) {
	f, found := s.files[key]
	if !found {
		fail(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	for name, values := range f.header {
		w.Header()[name] = values
	}
	w.Header().Set("ETag", `"1"`)
	http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), bytes.NewReader(f.data))
}

func (s *Server) list(w http.ResponseWriter, prefix, after, token, most string) {
	type object struct {
		Key, LastModified, ETag string
		Size                    int
	}
	var result struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Name                  string
		IsTruncated           bool
		NextContinuationToken string `xml:",omitempty"`
		Contents              []object
	}
	result.Name = s.bucket
	limit, err := strconv.Atoi(most)
	if err != nil {
		limit = 1000
	}
	var keys []string
	for key := range s.files {
		if strings.HasPrefix(key, prefix) && key > max(after, token) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	if len(keys) > limit {
		keys = keys[:limit]
		result.IsTruncated, result.NextContinuationToken = true, keys[limit-1]
	}
	for _, key := range keys {
		result.Contents = append(result.Contents, object{key, "2026-01-02T03:04:05.000Z", `"1"`, len(s.files[key].data)})
	}
	answer(w, result)
}

// kept are the headers of a request that come back with the file.
func kept(from http.Header) http.Header {
	header := http.Header{}
	for name, values := range from {
		if name == "Content-Type" || strings.HasPrefix(name, "X-Amz-Meta-") {
			header[name] = values
		}
	}
	return header
}

// unchunked takes the signatures out of a body that is signed in chunks.
func unchunked(body []byte) (data []byte) {
	r := bufio.NewReader(bytes.NewReader(body))
	for {
		head, err := r.ReadString('\n')
		size, _, _ := strings.Cut(head, ";")
		n, bad := strconv.ParseInt(strings.TrimSpace(size), 16, 32)
		if err != nil || bad != nil || n == 0 {
			return data
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(r, chunk); err != nil {
			return data
		}
		data = append(data, chunk[:n]...)
	}
}

func answer(w http.ResponseWriter, result any) { _ = xml.NewEncoder(w).Encode(result) }

func fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	answer(w, struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code})
}
