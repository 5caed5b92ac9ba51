package player

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counted serves a WAV of as many samples as requests came so far, in tens.
func counted(t testing.TB) (uri string, asked *atomic.Int32) {
	asked = new(atomic.Int32)
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write(wavFile(t, make([]int16, 10*asked.Add(1)), 8000))
	}), asked
}

// fetchClip fetches a prompt that is not streamed.
func fetchClip(ctx context.Context, l *Library, uri, cacheID string) (*Clip, error) {
	got, err := l.fetch(ctx, File{URI: uri, CacheID: cacheID})
	if got.source != nil {
		got.source.close()
		return nil, errors.New("it is streamed")
	}
	return got.clip, err
}

func fetch(t testing.TB, l *Library, uri, cacheID string) *Clip {
	t.Helper()
	clip, err := fetchClip(t.Context(), l, uri, cacheID)
	if err != nil {
		t.Fatal(err)
	}
	return clip
}

func TestCachedPromptIsNotAskedForAnHour(t *testing.T) {
	uri, asked := counted(t)
	l := newLibrary(t, Config{})
	now := time.Now()
	l.now = func() time.Time { return now }
	first := fetch(t, l, uri+"/a", "greeting")
	now = now.Add(time.Hour - time.Nanosecond)
	if clip := fetch(t, l, uri+"/changed", "greeting"); clip != first || asked.Load() != 1 {
		t.Error("a changed address was picked up before an hour was over")
	}
	now = now.Add(time.Nanosecond)
	if clip := fetch(t, l, uri+"/changed", "greeting"); clip == first || asked.Load() != 2 {
		t.Error("an hour later the old prompt is still played")
	}
}

func TestPromptWithoutCacheIDIsAlwaysAskedFor(t *testing.T) {
	uri, asked := counted(t)
	l := newLibrary(t, Config{})
	fetch(t, l, uri, "")
	fetch(t, l, uri, "")
	if asked.Load() != 2 {
		t.Errorf("asked %d times, want 2", asked.Load())
	}
}

func TestFailureIsNotCached(t *testing.T) {
	file := wavFile(t, make([]int16, 100), 8000)
	var asked atomic.Int32
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			http.Error(w, "not yet", http.StatusServiceUnavailable)
			return
		}
		w.Write(file)
	})
	l := newLibrary(t, Config{})
	if _, err := fetchClip(t.Context(), l, uri, "id"); !errors.Is(err, ErrDownload) {
		t.Fatalf("got %v", err)
	}
	fetch(t, l, uri, "id")
}

// TestOneDownloadServesAllWhoWait lets ten join before the server answers.
func TestOneDownloadServesAllWhoWait(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	file := wavFile(t, make([]int16, 100), 8000)
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-release
		w.Write(file)
	})
	l := newLibrary(t, Config{})
	var downloads []*download
	for range 10 {
		_, d, err := l.join(File{URI: uri})
		if err != nil {
			t.Fatal(err)
		}
		downloads = append(downloads, d)
	}
	for _, d := range downloads[:4] {
		l.leave(d) // who gives up does not take it from the others
	}
	close(release)
	for _, d := range downloads[4:] {
		if <-d.done; d.err != nil || d.clip == nil || d.clip != downloads[4].clip {
			t.Errorf("got %v, %v", d.clip, d.err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

func TestAbandonedDownloadIsNotJoined(t *testing.T) {
	asked, gone := make(chan struct{}), make(chan struct{})
	var requests atomic.Int32
	file := wavFile(t, make([]int16, 100), 8000)
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1) > 1 {
			w.Write(file)
			return
		}
		close(asked)
		<-r.Context().Done()
		close(gone)
	})
	l := newLibrary(t, Config{})
	_, d, err := l.join(File{URI: uri})
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	l.leave(d)
	fetch(t, l, uri, "")
	<-gone
}

func TestTwoAddressesUnderOneIDAgreeInTheEnd(t *testing.T) {
	uri, _ := counted(t)
	l := newLibrary(t, Config{})
	var both sync.WaitGroup
	clips := make([]*Clip, 2)
	for i := range clips {
		both.Go(func() { clips[i], _ = fetchClip(t.Context(), l, fmt.Sprintf("%s/%d", uri, i), "id") })
	}
	both.Wait()
	if clips[0] == nil || clips[0] != clips[1] {
		t.Errorf("one id stands for %v and %v", clips[0], clips[1])
	}
}

// TestHostThatDoesNotAnswerDelaysNoOther: its downloads wait for each other alone.
func TestHostThatDoesNotAnswerDelaysNoOther(t *testing.T) {
	asked := make(chan struct{}, 10)
	silent := serve(t, func(_ http.ResponseWriter, r *http.Request) { asked <- struct{}{}; <-r.Context().Done() })
	uri, _ := counted(t)
	l := newLibrary(t, Config{MaxDownloads: 5, MaxOfOrigin: 2})
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			if _, err := fetchClip(ctx, l, fmt.Sprintf("%s/%d", silent, i), ""); err == nil {
				t.Error("a host that does not answer was heard")
			}
		})
	}
	<-asked
	<-asked
	for i := range 5 {
		if _, err := fetchClip(t.Context(), l, fmt.Sprintf("%s/%d", uri, i), ""); err != nil {
			t.Error(err)
		}
	}
	cancel()
	all.Wait()
	l.Close()
	if n := len(asked); n > 8 || len(l.slots.of) != 0 || len(l.slots.all) != 0 {
		t.Errorf("%d more were asked, %d origins and %d slots are in use", n, len(l.slots.of), len(l.slots.all))
	}
}

func TestDownloadsAtTheSameTimeAreBounded(t *testing.T) {
	const most = 3
	var now, peak atomic.Int32
	file := wavFile(t, make([]int16, 100), 8000)
	entered, gate := make(chan struct{}, 4*most), make(chan struct{})
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		defer now.Add(-1)
		for p := peak.Load(); n > p && !peak.CompareAndSwap(p, n); p = peak.Load() {
		}
		entered <- struct{}{}
		<-gate
		w.Write(file)
	})
	l := newLibrary(t, Config{MaxDownloads: most})
	var all sync.WaitGroup
	for i := range 4 * most {
		all.Go(func() {
			if _, err := fetchClip(context.Background(), l, fmt.Sprintf("%s/%d", uri, i), ""); err != nil {
				t.Error(err)
			}
		})
	}
	for range most {
		<-entered
	}
	close(gate)
	all.Wait()
	if peak.Load() != most {
		t.Errorf("%d at the same time, want %d", peak.Load(), most)
	}
}
