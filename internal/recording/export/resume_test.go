package export

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/s3test"
	"github.com/switchhook/switchhook/internal/store"
)

// breaking is S3 whose connection breaks at the second part of a file until it is
// repaired.
type breaking struct {
	behind http.Handler
	mu     sync.Mutex
	broken bool
	loses  bool           // uploads that have begun
	parts  map[string]int // how often each arrived
	hit    chan struct{}
}

func (b *breaking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	part := r.URL.Query().Get("partNumber")
	if !strings.HasSuffix(r.URL.Path, ".wav") {
		b.behind.ServeHTTP(w, r)
		return
	}
	b.mu.Lock()
	cut := part == "2" && b.broken
	lost := b.loses && r.URL.Query().Has("uploadId")
	if part != "" && !cut && !lost {
		b.parts[part]++
	}
	b.loses = b.loses && !lost
	b.mu.Unlock()
	switch {
	case cut:
		select {
		case b.hit <- struct{}{}:
		default:
		}
		panic(http.ErrAbortHandler)
	case lost:
		w.WriteHeader(http.StatusNotFound)
	default:
		b.behind.ServeHTTP(w, r)
	}
}

// TestUploadGoesOnAfterARestart, with the part that was cut.
func TestUploadGoesOnAfterARestart(t *testing.T) {
	for _, test := range []struct {
		name  string
		loses bool
		first int // how often the first part is sent
	}{{"parts are kept", false, 1}, {"parts are lost", true, 2}} {
		t.Run(test.name, func(t *testing.T) {
			s3 := s3test.Start(t, "kept")
			b := &breaking{behind: s3, broken: true, parts: map[string]int{}, hit: make(chan struct{}, 1)}
			server := httptest.NewServer(b)
			defer server.Close()
			through := storage.S3{Endpoint: server.Listener.Addr().String(), Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}
			f := &fixture{places: NewPlaces(PlacesConfig{S3: &through}), opened: map[string]int{}, results: make(chan Result, 10), large: true, retry: 10 * time.Millisecond, backend: store.InMemory()}
			f.start(t)
			job := f.submit(t, "r1", "s3://kept")
			<-b.hit
			f.Close()

			b.mu.Lock()
			b.broken, b.loses = false, test.loses
			b.mu.Unlock()
			f.start(t)
			defer f.Close()
			select {
			case r := <-f.results:
				if r.Failed != nil {
					t.Fatal(r.Failed)
				}
			case <-time.After(time.Minute):
				t.Fatal("it is not done")
			}
			if b.parts["1"] != test.first || b.parts["2"] != 1 || b.parts["3"] != 1 {
				t.Errorf("the parts arrived %v times", b.parts)
			}
			direct := through
			direct.Endpoint = s3.Host
			c, err := storage.NewBucket(direct, "kept", nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Get(t.Context(), job.Files[0].Name, 0, -1)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Close()
			want := f.content(job.Files[0].Source)
			if there, err := io.ReadAll(got); err != nil || string(there) != want {
				t.Errorf("%d of %d bytes arrived: %v", len(there), len(want), err)
			}
		})
	}
}
