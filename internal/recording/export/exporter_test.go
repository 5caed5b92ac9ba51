package export

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/store/storetest"
)

func TestStoredFormat(t *testing.T) {
	storetest.Golden(t, stored, Job{
		ID: "r1", Destination: "https://a.blob.core.windows.net/c?sig=x", Since: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Remove: true,
		Files: []File{
			{Name: "20260102/c/r/0-acsmetadata.d.json", Source: "d/metadata", ContentType: "application/json", Done: true},
			{Name: "20260102/c/r/0-audiowav.d.wav", Source: "d/audio", ContentType: "audio/wav", Progress: storage.Progress{Parts: 2, Upload: "u", Tags: []string{"1", "2"}}},
		},
	})
}

// fixture is an exporter of files in memory.
type fixture struct {
	*Exporter
	backend store.Backend
	places  *Places
	log     bytes.Buffer
	opened  map[string]int
	large   bool // wav files are
	retry   time.Duration
	gone    atomic.Bool // the files are
	results chan Result
	refuse  atomic.Bool // Done fails
	mu      sync.Mutex
}

func newFixture(t *testing.T, places *Places) *fixture {
	t.Helper()
	f := &fixture{backend: store.InMemory(), places: places, opened: map[string]int{}, results: make(chan Result, 100)}
	f.start(t)
	return f
}

// start begins a process: the first, or the one after it.
func (f *fixture) start(t *testing.T) {
	t.Helper()
	e, err := New(Config{Store: f.backend, Places: f.places, Open: f.open, Done: f.done}, slog.New(slog.NewTextHandler(&f.log, nil)))
	if err == nil {
		e.retry.First = cmp.Or(f.retry, e.retry.First)
		err = e.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	f.Exporter = e
}

func (f *fixture) open(_ context.Context, source string) (Content, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened[source]++
	if f.gone.Load() {
		return nil, fault.NotFound("%s", source)
	}
	return text{strings.NewReader(f.content(source))}, nil
}

// content is what a file holds: a large one is of three parts.
func (f *fixture) content(source string) string {
	said := "content of " + source
	if f.large && strings.HasSuffix(source, ".wav") {
		return strings.Repeat(said+" ", 40<<20/(len(said)+1))
	}
	return said
}

type text struct{ *strings.Reader }

func (t text) Size() (int64, error) { return t.Reader.Size(), nil }
func (t text) Close() error         { return nil }

func (f *fixture) done(_ context.Context, r Result) error {
	if f.refuse.Load() {
		return errors.New("not now")
	}
	f.results <- r
	return nil
}

func (f *fixture) submit(t *testing.T, id, destination string) Job {
	t.Helper()
	job := Job{ID: id, Destination: outbound.Address(destination), Files: []File{
		{Name: id + "/0-audiowav.d.wav", Source: id + ".wav", ContentType: "audio/wav"},
		{Name: id + "/0-acsmetadata.d.json", Source: id + ".json", ContentType: "application/json"},
	}}
	if err := f.Submit(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	return job
}

// check asks that the files of a job are in a container.
func check(t *testing.T, c storage.Container, job Job) {
	t.Helper()
	for _, file := range job.Files {
		got, err := c.Get(t.Context(), file.Name, 0, -1)
		if err != nil {
			t.Errorf("%s: %v", file.Name, err)
			continue
		}
		text, _ := io.ReadAll(got)
		got.Close()
		if string(text) != "content of "+file.Source || got.ContentType != file.ContentType && !strings.HasPrefix(got.ContentType, file.ContentType+";") {
			t.Errorf("%s: %q, %s", file.Name, text, got.ContentType)
		}
	}
}

func TestFilesAreExported(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, testPlaces(dir))
	defer f.Close()
	job := f.submit(t, "r1", "folder:///kept")
	r := <-f.results
	if r.Failed != nil || r.Storage != Folder || len(r.Locations) != 2 || r.Locations[0] != "folder:///kept/r1/0-audiowav.d.wav" {
		t.Errorf("%+v", r)
	}
	c, err := storage.NewFolder(dir, "kept")
	if err != nil {
		t.Fatal(err)
	}
	check(t, c, job)
}

// TestJobIsDoneWhenTheStorageIsBack, within a day.
func TestJobIsDoneWhenTheStorageIsBack(t *testing.T) {
	for _, test := range []struct {
		name   string
		back   time.Duration
		failed bool
	}{{"after an hour", time.Hour, false}, {"after 23 hours", 23*time.Hour + 30*time.Minute, false}, {"too late", 25 * time.Hour, true}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				blocked := filepath.Join(dir, "kept")
				if err := os.WriteFile(blocked, nil, 0o600); err != nil {
					t.Fatal(err)
				}
				f := newFixture(t, testPlaces(dir))
				f.submit(t, "r1", "folder:///kept")
				time.Sleep(test.back)
				if pending := f.Pending("r1"); pending == test.failed || f.Counts().Waiting > 1 {
					t.Errorf("pending: %v, %+v", pending, f.Counts())
				}
				os.Remove(blocked)
				time.Sleep(time.Hour)
				synctest.Wait()
				if r := <-f.results; (r.Failed != nil) != test.failed || (r.Storage == "") != test.failed {
					t.Errorf("%+v", r)
				}
				if c := f.Counts(); c.Waiting != 0 || c.Exported+c.Failed != 1 || c.Failed == 1 != test.failed || c.Retries < 10 || c.Retries > 200 || !c.Oldest.IsZero() {
					t.Errorf("%+v", c)
				}
				f.Close()
			})
		})
	}
}

// TestNextProcessGoesOn: files that arrived are not sent again, and what was not
// told is told.
func TestNextProcessGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, testPlaces(t.TempDir()))
		f.refuse.Store(true)
		f.submit(t, "r1", "folder:///kept")
		f.submit(t, "r1", "folder:///kept") // told again
		time.Sleep(time.Minute)
		f.Close()
		f.refuse.Store(false)
		f.start(t)
		defer f.Close()
		if r := <-f.results; r.Failed != nil || len(r.Locations) != 2 {
			t.Errorf("%+v", r)
		}
		synctest.Wait()
		if f.opened["r1.wav"] != 1 || f.opened["r1.json"] != 1 || len(f.results) != 0 || f.Counts().Waiting != 0 {
			t.Errorf("opened %v, %d more results, %+v", f.opened, len(f.results), f.Counts())
		}
	})
}

func TestManyJobsAreDone(t *testing.T) {
	f := newFixture(t, testPlaces(t.TempDir()))
	defer f.Close()
	const jobs = 50
	for i := range jobs {
		f.submit(t, fmt.Sprint("r", i), "folder:///kept")
	}
	for range jobs {
		if r := <-f.results; r.Failed != nil {
			t.Error(r.Failed)
		}
	}
}

// TestStorageThatHangsDelaysNoOther: however many jobs wait for it.
func TestStorageThatHangsDelaysNoOther(t *testing.T) {
	var seen atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer server.Close()
	f := newFixture(t, NewPlaces(PlacesConfig{Folder: t.TempDir()}))
	defer f.Close()
	for i := range 2 * uploads {
		f.submit(t, fmt.Sprint("hangs", i), server.URL+"/acme/c?sig=s3cret")
	}
	for seen.Load() < uploadsEach {
		time.Sleep(5 * time.Millisecond)
	}
	for i := range 2 * uploads {
		f.submit(t, fmt.Sprint("r", i), "folder:///kept")
	}
	for range 2 * uploads {
		if r := <-f.results; r.Failed != nil || r.Storage != Folder {
			t.Errorf("%+v", r)
		}
	}
	if n := seen.Load(); n > uploadsEach {
		t.Errorf("%d uploads at once to one destination", n)
	}
}

// faults are what storage does instead of taking a file.
var faults = []struct {
	name   string
	tls    bool
	handle http.HandlerFunc
	told   string
}{
	{"it refuses", false, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, "403"},
	{"it breaks off", false, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 5)
		panic(http.ErrAbortHandler)
	}, "EOF"},
	{"it hangs", false, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // so that the end of the connection is noticed
		<-r.Context().Done()
	}, errStalled.Error()},
	{"its certificate is another's", true, func(http.ResponseWriter, *http.Request) {}, "certificate"},
}

// TestStorageThatFailsIsTriedAgain, and neither the log nor the result shows the
// signature.
func TestStorageThatFailsIsTriedAgain(t *testing.T) {
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			var seen atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { seen.Add(1); fault.handle(w, r) }))
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
			if fault.tls {
				server.StartTLS()
			} else {
				server.Start()
			}
			defer server.Close()
			f := newFixture(t, NewPlaces(PlacesConfig{}))
			f.stall = time.Second
			f.submit(t, "r1", server.URL+"/acme/c?sig=s3cret")
			for f.Counts().Retries == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			if !f.Pending("r1") || len(f.results) != 0 || seen.Load() == 0 && !fault.tls {
				t.Errorf("pending %v, %d results, %d requests", f.Pending("r1"), len(f.results), seen.Load())
			}
			f.Close()
			if log := f.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, fault.told) || !strings.Contains(log, "cannot be exported yet") {
				t.Error(log)
			}
		})
	}
}

// TestExportedFilesAreRemoved, and nobody is told; what is gone already is no failure.
func TestExportedFilesAreRemoved(t *testing.T) {
	dir := t.TempDir()
	f := newFixture(t, testPlaces(dir))
	defer f.Close()
	job := f.submit(t, "r1", "folder:///kept")
	<-f.results
	job.ID, job.Remove = RemovalOf("r1", 0), true
	job.Files = append(job.Files, File{Name: "r1/never.wav"})
	if err := f.Submit(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	for f.Counts().Waiting > 0 {
		time.Sleep(time.Millisecond)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "kept", "r1", "*")); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
	if c := f.Counts(); c.Removed != 1 || c.Exported != 1 || len(f.results) > 0 {
		t.Errorf("%+v, %d were told", c, len(f.results))
	}
}

// TestRemovalWaitsForTheExport: what is on its way would come after it.
func TestRemovalWaitsForTheExport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		f := newFixture(t, testPlaces(dir))
		defer f.Close()
		f.refuse.Store(true)
		job := f.submit(t, "r1", "folder:///kept")
		removal := job
		removal.ID, removal.Remove = RemovalOf("r1", 0), true
		if err := f.Submit(t.Context(), removal); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if c := f.Counts(); c.Removed != 0 || c.Waiting != 2 {
			t.Errorf("while it is exported: %+v", c)
		}
		f.refuse.Store(false)
		time.Sleep(time.Hour)
		if c := f.Counts(); c.Removed != 1 || c.Exported != 1 || c.Waiting != 0 {
			t.Errorf("afterwards: %+v", c)
		}
	})
}

// TestDeletedRecordingIsNotExported: nobody is told of it any more.
func TestDeletedRecordingIsNotExported(t *testing.T) {
	f := newFixture(t, testPlaces(t.TempDir()))
	defer f.Close()
	f.gone.Store(true)
	f.submit(t, "r1", "folder:///kept")
	for f.Pending("r1") {
		time.Sleep(time.Millisecond)
	}
	if c := f.Counts(); c.Failed != 1 || len(f.results) > 0 {
		t.Errorf("%+v, %d were told", c, len(f.results))
	}
}
