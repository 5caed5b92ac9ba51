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

func fetch(t testing.TB, l *Library, uri, cacheID string) *Clip {
	t.Helper()
	clip, err := l.Fetch(t.Context(), uri, cacheID)
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
	if _, err := l.Fetch(t.Context(), uri, "id"); !errors.Is(err, ErrDownload) {
		t.Fatalf("got %v", err)
	}
	fetch(t, l, uri, "id")
}

func TestCacheIsBounded(t *testing.T) {
	size := steady(1000, 0).size() + entryOverhead + 1
	tests := []struct {
		name string
		clip *Clip
		ask  string // for this before the last one comes
		want string
	}{
		{"the one asked for longest ago goes", steady(1000, 0), "a", "acd"},
		{"a large one pushes several out", steady(2000, 0), "a", "ad"},
		{"one larger than all is not kept", steady(4000, 0), "", "abc"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, now := newCache(3*size), time.Now()
			for _, id := range []string{"a", "b", "c"} {
				c.put(id, steady(1000, 0), now, time.Hour)
			}
			c.get(test.ask, now)
			c.put("d", test.clip, now, time.Hour)
			var kept string
			var used int64
			for _, id := range []string{"a", "b", "c", "d"} {
				if clip := c.get(id, now); clip != nil {
					kept += id
					used += clip.size() + entryOverhead + 1
				}
			}
			if kept != test.want || c.used != used || c.used > c.limit {
				t.Errorf("kept %q, want %q; counts %d of %d bytes", kept, test.want, c.used, used)
			}
		})
	}
}

func TestExpiredPromptsAreForgotten(t *testing.T) {
	c, now := newCache(1<<20), time.Now()
	c.put("a", steady(100, 0), now, time.Hour)
	if c.get("a", now.Add(time.Hour)) != nil || c.used != 0 || c.recent.Len() != 0 {
		t.Errorf("still counts %d bytes", c.used)
	}
}

// TestOneDownloadServesAllWhoWait lets ten board before the server answers.
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
	var flights []*flight
	for range 10 {
		_, f, err := l.board(flightKey{uri: uri})
		if err != nil {
			t.Fatal(err)
		}
		flights = append(flights, f)
	}
	for _, f := range flights[:4] {
		l.leave(f) // who gives up does not take it from the others
	}
	close(release)
	for _, f := range flights[4:] {
		if <-f.landed; f.err != nil || f.clip == nil || f.clip != flights[4].clip {
			t.Errorf("got %v, %v", f.clip, f.err)
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
	_, f, err := l.board(flightKey{uri: uri})
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	l.leave(f)
	fetch(t, l, uri, "")
	<-gone
}

func TestTwoAddressesUnderOneIDAgreeInTheEnd(t *testing.T) {
	uri, _ := counted(t)
	l := newLibrary(t, Config{})
	var both sync.WaitGroup
	clips := make([]*Clip, 2)
	for i := range clips {
		both.Go(func() { clips[i], _ = l.Fetch(t.Context(), fmt.Sprintf("%s/%d", uri, i), "id") })
	}
	both.Wait()
	if clips[0] == nil || clips[0] != clips[1] {
		t.Errorf("one id stands for %v and %v", clips[0], clips[1])
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
			if _, err := l.Fetch(context.Background(), fmt.Sprintf("%s/%d", uri, i), ""); err != nil {
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
