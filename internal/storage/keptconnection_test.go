package storage

import (
	"net/http"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/outbound/outboundtest"
)

// TestFileIsStoredThoughTheKeptConnectionEnds: the service ends each connection
// that is kept from an earlier request, and nobody retries but the client.
func TestFileIsStoredThoughTheKeptConnectionEnds(t *testing.T) {
	for name, open := range map[string]func(url string) (Container, error){
		"Azure Blob": func(url string) (Container, error) {
			return NewBlobs(Account{Name: "account", Key: []byte("key"), BlobEndpoint: url}, "letters", NewClient(nil))
		},
		"S3": func(url string) (Container, error) {
			return NewBucket(S3{Endpoint: strings.TrimPrefix(url, "http://"), Plain: true, AccessKey: "key", SecretKey: "secret", Region: "r"}, "letters", NewClient(nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			service := outboundtest.NewForgetful(t, false, true, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"x"`)
				w.WriteHeader(map[string]int{"S3": 200, "Azure Blob": 201}[name])
			})
			to, err := open(service.URL)
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range []string{"first", "second"} {
				if err := to.Put(t.Context(), text+".json", strings.NewReader(text), Properties{}); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
			if got := service.Bodies(); len(got) != 2 {
				t.Errorf("the service got %q", got)
			}
		})
	}
}
