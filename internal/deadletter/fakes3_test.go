package deadletter

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// fakeS3 is a server of one bucket: put, get, list and delete, as minio-go asks.
type fakeS3 struct {
	bucket string
	mu     sync.Mutex
	files  map[string][]byte
}

func newFakeS3(bucket string) *fakeS3 { return &fakeS3{bucket: bucket, files: map[string][]byte{}} }

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=key/") {
		f.fail(w, http.StatusForbidden, "AccessDenied")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case bucket != f.bucket:
		f.fail(w, http.StatusNotFound, "NoSuchBucket")
	case r.Method == http.MethodPut:
		body, _ := io.ReadAll(r.Body)
		if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
			body = unchunked(body)
		}
		f.files[key] = body
		w.Header().Set("ETag", `"1"`)
	case r.Method == http.MethodDelete:
		delete(f.files, key)
		w.WriteHeader(http.StatusNoContent)
	case key == "":
		f.list(w, r)
	case f.files[key] == nil:
		f.fail(w, http.StatusNotFound, "NoSuchKey")
	default:
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", time.Unix(0, 0).UTC().Format(http.TimeFormat))
		w.Header().Set("Content-Length", strconv.Itoa(len(f.files[key])))
		w.Write(f.files[key])
	}
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

func (f *fakeS3) list(w http.ResponseWriter, r *http.Request) {
	type object struct{ Key, LastModified, ETag string }
	var result struct {
		XMLName     xml.Name `xml:"ListBucketResult"`
		Name        string
		IsTruncated bool
		Contents    []object
	}
	result.Name = f.bucket
	for key := range f.files {
		if strings.HasPrefix(key, r.URL.Query().Get("prefix")) {
			result.Contents = append(result.Contents, object{key, "2026-01-02T03:04:05.000Z", `"1"`})
		}
	}
	slices.SortFunc(result.Contents, func(a, b object) int { return strings.Compare(a.Key, b.Key) })
	xml.NewEncoder(w).Encode(result)
}

func (f *fakeS3) fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	xml.NewEncoder(w).Encode(struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code})
}
