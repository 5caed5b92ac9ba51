package export

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/s3test"
	"github.com/switchhook/switchhook/internal/store"
)

// TestUploadThatIsGivenUpIsAborted: S3 would keep its parts for ever. So is that of a
// recording that was deleted meanwhile.
func TestUploadThatIsGivenUpIsAborted(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *fixture){
		"after a day": func(t *testing.T, f *fixture) {
			err := f.jobs.Update(t.Context(), "r1", func(j *Job) error { j.Since = j.Since.Add(-giveUp); return nil })
			if err != nil {
				t.Fatal(err)
			}
		},
		"deleted": func(_ *testing.T, f *fixture) { f.gone.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			s3 := s3test.Start(t, "kept")
			b := &breaking{behind: s3, broken: true, parts: map[string]int{}, hit: make(chan struct{}, 1)}
			server := httptest.NewServer(b)
			defer server.Close()
			through := storage.S3{Endpoint: server.Listener.Addr().String(), Region: "us-east-1", AccessKey: s3test.AccessKey, SecretKey: s3test.SecretKey, Plain: true}
			f := &fixture{places: NewPlaces(PlacesConfig{S3: &through}), opened: map[string]int{}, results: make(chan Result, 10), large: true, retry: 10 * time.Millisecond, backend: store.InMemory()}
			f.start(t)
			f.submit(t, "r1", "s3://kept")
			<-b.hit
			if s3.Uploads() != 1 {
				t.Fatalf("%d uploads are open", s3.Uploads())
			}
			f.Close()
			f.start(t)
			end(t, f)
			defer f.Close()
			for deadline := time.Now().Add(time.Minute); f.Counts().Waiting > 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%+v", f.Counts())
				}
			}
			if c := f.Counts(); c.Failed != 1 || c.Removed != 1 || s3.Uploads() != 0 {
				t.Errorf("%+v; %d uploads are open", c, s3.Uploads())
			}
		})
	}
}
