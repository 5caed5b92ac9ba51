package player

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
)

func TestCachedDownloadsAreSharedButStreamsAreNot(t *testing.T) {
	long := wavFile(t, numbered(8000*20, 0), 8000)
	for _, test := range []struct {
		name     string
		file     File
		cache    int64
		requests int
	}{
		{"long and cached", File{URI: "http://web/long", CacheID: "id"}, 0, 1},
		{"long", File{URI: "http://web/long"}, 0, 2},
		{"long, and there is no room to keep it", File{URI: "http://web/long"}, 100_000, 5},
		{"long, and the cache is too small", File{URI: "http://web/long", CacheID: "id"}, 100_000, 5},
		{"long, and there is no cache", File{URI: "http://web/long", CacheID: "id"}, -1, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &web{files: map[string][]byte{"/long": long}}
			listening(t, Config{CacheBytes: test.cache}, w, func(t *testing.T, l *Library) {
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() { hear(l.Open(t.Context(), []File{test.file}, false), 8000, forever) })
				}
				all.Wait()
				if len(w.requests)-w.unsent != test.requests || l.gaps.Load() != 0 {
					t.Errorf("asked for %q, %d of them unchanged; %d gaps", w.requests, w.unsent, l.gaps.Load())
				}
			})
		})
	}
}

// What is being played takes room in the budget, cached or not.
func TestPromptsInUseCountInTheBudget(t *testing.T) {
	w := &web{files: map[string][]byte{}}
	for _, name := range []string{"/a", "/b", "/c"} {
		w.files[name] = wavFile(t, numbered(8000*20, 0), 8000)
	}
	listening(t, Config{CacheBytes: 2 * (20*48_000 + 1000)}, w, func(t *testing.T, l *Library) {
		ctx, cancel := context.WithCancel(t.Context())
		hear(l.Open(ctx, []File{{URI: "http://web/a", CacheID: "a"}}, true), 8000, 10)
		hear(l.Open(ctx, []File{{URI: "http://web/b", CacheID: "b"}}, true), 8000, 10)
		hear(l.Open(t.Context(), []File{{URI: "http://web/c", CacheID: "c"}}, false), 8000, forever)
		cancel()
		synctest.Wait()
		if held := l.shelf.played(); held != 0 {
			t.Errorf("%d bytes are played by nobody", held)
		}
		w.requests = nil
		hear(l.Open(t.Context(), []File{{URI: "http://web/c", CacheID: "c"}}, false), 8000, forever)
		hear(l.Open(t.Context(), []File{{URI: "http://web/c", CacheID: "c"}}, false), 8000, forever)
		if want := []string{"/c"}; !slices.Equal(w.requests, want) {
			t.Errorf("asked for %q, want %q: streamed while others took all the room, cached after", w.requests, want)
		}
	})
}

func TestCachedPromptIsHeardAtTheNextTick(t *testing.T) {
	w := &web{files: map[string][]byte{"/long": wavFile(t, numbered(8000*20, 0), 8000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		file := []File{{URI: "http://web/long", CacheID: "id"}}
		hear(l.Open(t.Context(), file, false), 8000, 1)
		p := l.Open(t.Context(), file, false)
		synctest.Wait() // no time passes
		if read(p, 8000) == nil {
			t.Error("is not heard at once")
		}
	})
}

func TestCanceledPlaybackLeavesItsDownload(t *testing.T) {
	w := &web{files: map[string][]byte{"/long": wavFile(t, numbered(8000*60, 0), 8000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		for _, frames := range []int{0, 1, 200} {
			ctx, cancel := context.WithCancel(t.Context())
			p := l.Open(ctx, []File{{URI: "http://web/long"}}, false)
			hear(p, 8000, frames)
			cancel()
			synctest.Wait()
			if w.open != 0 {
				t.Errorf("after %d frames: the download goes on", frames)
			}
		}
	})
}

func TestClosedLibraryEndsPlaybacks(t *testing.T) {
	w := &web{files: map[string][]byte{"/long": wavFile(t, numbered(8000*60, 0), 8000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		p := l.Open(context.Background(), []File{{URI: "http://web/long"}}, true)
		hear(p, 8000, 10)
		l.Close()
		synctest.Wait()
		if _, err := p.Err(); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
		if _, err := l.Open(context.Background(), []File{{URI: "http://web/long"}}, true).Err(); !errors.Is(err, ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}
