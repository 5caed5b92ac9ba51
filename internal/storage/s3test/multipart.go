package s3test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// upload is a file that comes in parts.
type upload struct {
	parts  map[int][]byte
	header http.Header
}

// Uploads returns how many uploads in parts are neither complete nor aborted.
func (s *Server) Uploads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.uploads)
}

// multipart serves an upload in parts: its beginning, parts, completion and end.
func (s *Server) multipart(w http.ResponseWriter, r *http.Request, key string, body []byte) {
	query := r.URL.Query()
	id := query.Get("uploadId")
	if r.Method == http.MethodPost && id == "" {
		id = fmt.Sprint("upload", len(s.uploads), time.Now().UnixNano())
		s.uploads[id] = &upload{map[int][]byte{}, kept(r.Header)}
		answer(w, struct {
			XMLName               xml.Name `xml:"InitiateMultipartUploadResult"`
			Bucket, Key, UploadId string
		}{Bucket: s.bucket, Key: key, UploadId: id})
		return
	}
	u := s.uploads[id]
	switch {
	case u == nil:
		fail(w, http.StatusNotFound, "NoSuchUpload")
	case r.Method == http.MethodPut:
		number, _ := strconv.Atoi(query.Get("partNumber"))
		u.parts[number] = body
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, number))
	case r.Method == http.MethodDelete:
		delete(s.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	default:
		var data []byte
		for number := 1; number <= len(u.parts); number++ {
			data = append(data, u.parts[number]...)
		}
		s.files[key] = file{data, u.header}
		delete(s.uploads, id)
		answer(w, struct {
			XMLName           xml.Name `xml:"CompleteMultipartUploadResult"`
			Bucket, Key, ETag string
		}{Bucket: s.bucket, Key: key, ETag: `"1"`})
	}
}
