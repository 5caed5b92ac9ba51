package player

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/soundfile"
)

// played is how many bytes of clips are used by somebody.
func (s *shelf) played() (bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.held {
		if h.uses > 0 {
			bytes += h.room.bytes
		}
	}
	return bytes
}

// TestManyLongPromptsAtOnceStayInTheBudget: what is being decoded counts, what is kept and
// what is played, together, whether a file's server tells its length or not.
func TestManyLongPromptsAtOnceStayInTheBudget(t *testing.T) {
	for name, noLength := range map[string]bool{"of known length": false, "of unknown length": true} {
		t.Run(name, func(t *testing.T) {
			const budget, prompts = 5 * 30 * 48_000, 32
			w := &web{files: map[string][]byte{}, noLength: noLength, headless: noLength}
			for i := range prompts {
				w.files[fmt.Sprint("/", i)] = wavFile(t, numbered(8000*30, i), 8000)
			}
			listening(t, Config{CacheBytes: budget, MaxDuration: time.Minute}, w, func(t *testing.T, l *Library) {
				var all sync.WaitGroup
				for i := range prompts {
					all.Go(func() {
						path := fmt.Sprint("/", i)
						p := l.Open(t.Context(), []File{{URI: "http://web" + path, CacheID: path}}, false)
						hear(p, 8000, forever)
						if _, err := p.Err(); err != nil {
							t.Error(err)
						}
					})
				}
				var most int64
				ctx, end := context.WithCancel(t.Context())
				var watch sync.WaitGroup
				watch.Go(func() {
					for sleep(ctx, 5*time.Millisecond) == nil {
						most = max(most, l.Held())
					}
				})
				all.Wait()
				end()
				watch.Wait()
				if most > budget || most == 0 {
					t.Errorf("%d bytes were held, of %d", most, budget)
				}
			})
		})
	}
}

// TestBeginningsThatWaitToBePlayedStayInTheBudget: of files of unknown length, for which
// there is no room as a whole.
func TestBeginningsThatWaitToBePlayedStayInTheBudget(t *testing.T) {
	w := &web{files: map[string][]byte{"/f": wavFile(t, numbered(8000*30, 0), 8000)}, noLength: true, headless: true}
	const budget = 4 * 10 * 2 * 8000 // four beginnings
	listening(t, Config{CacheBytes: budget}, w, func(t *testing.T, l *Library) {
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				id := fmt.Sprint("id", i)
				if heard := hear(l.Open(t.Context(), []File{{URI: "http://web/f", CacheID: id}}, false), 8000, forever); len(heard) < 8000*30 {
					t.Errorf("%d samples are heard", len(heard))
				}
			})
		}
		time.Sleep(time.Second)
		if held := l.Held(); held != budget {
			t.Errorf("%d bytes are held of %d, when a second was heard", held, budget)
		}
		time.Sleep(10 * time.Second)
		if held := l.Held(); held != 0 {
			t.Errorf("%d bytes are held when the beginnings were heard", held)
		}
		all.Wait()
	})
}

// longer is a file that plays for more than it says.
type longer struct{ soundfile.Reader }

func (l longer) Duration(size int64) (time.Duration, bool) {
	d, known := l.Reader.Duration(size)
	return d / 10, known
}

// TestPromptThatIsLongerThanItSays is heard whole if there is room, and ends with an error
// that says so if there is none.
func TestPromptThatIsLongerThanItSays(t *testing.T) {
	for _, test := range []struct {
		seconds int
		budget  int64
		fails   bool
	}{{40, 0, false}, {40, 500_000, true}, {200, 0, false}, {200, 2_000_000, true}} {
		samples := numbered(8000*test.seconds, 0)
		synctest.Test(t, func(t *testing.T) {
			l := New(Config{CacheBytes: test.budget}, slog.New(slog.DiscardHandler))
			defer l.Close()
			ctx, limit := limited(t.Context(), time.Minute)
			b := &body{ctx: ctx, in: io.NopCloser(bytes.NewReader(wavFile(t, samples, 8000))), size: int64(44 + 2*len(samples)), most: 1 << 30}
			file, err := soundfile.Open(b, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			s := &source{from: "a test", limit: limit, body: b, file: longer{file}}
			got, err := l.opened(File{URI: "http://web/f", CacheID: "f"}, s, true, false)
			if err == nil {
				synctest.Wait()
				if err = got.clip.failed(); err == nil && !slices.Equal(got.clip.at(8000), samples) {
					t.Errorf("%d samples are there, of %d", len(got.clip.at(8000)), len(samples))
				}
				l.shelf.drop(got.clip)
			}
			if test.fails != errors.Is(err, errNoRoom) || test.fails != (l.Held() == 0) {
				t.Errorf("%d s with %d bytes: %v; %d bytes are held", test.seconds, test.budget, err, l.Held())
			}
		})
	}
}

// TestKeptPromptMakesRoomForOneThatIsPlayed: the oldest first, and none that is played.
func TestKeptPromptMakesRoomForOneThatIsPlayed(t *testing.T) {
	w := &web{files: map[string][]byte{}}
	for _, name := range []string{"/a", "/b", "/c"} {
		w.files[name] = wavFile(t, numbered(8000*8, 0), 8000)
	}
	listening(t, Config{CacheBytes: 2 * (8*48_000 + 1000)}, w, func(t *testing.T, l *Library) {
		play := func(name string) (asked bool, end func()) {
			w.requests = nil
			ctx, cancel := context.WithCancel(t.Context())
			hear(l.Open(ctx, []File{{URI: "http://web" + name, CacheID: name}}, false), 8000, 5)
			return len(w.requests) > 0, func() { cancel(); synctest.Wait() }
		}
		_, endA := play("/a")
		_, endB := play("/b")
		endB()
		time.Sleep(time.Second)
		_, endC := play("/c") // in the place of b: a is older, and is played
		endC()
		if asked, end := play("/a"); asked {
			t.Error("what is played made room")
		} else {
			end()
		}
		if asked, end := play("/b"); !asked {
			t.Error("b was not what made room")
		} else {
			end()
		}
		endA()
		if l.shelf.played() != 0 || l.Held() > 2*(8*48_000+1000) {
			t.Errorf("%d bytes are played by nobody, %d are held", l.shelf.played(), l.Held())
		}
	})
}

// TestLongPromptUnderAnIDIsHeardWhileItComes: before its server has sent the rest.
func TestLongPromptUnderAnIDIsHeardWhileItComes(t *testing.T) {
	w := &web{files: map[string][]byte{"/f": wavFile(t, numbered(8000*60, 0), 8000)}, pauseAt: 200_000, pause: 5 * time.Second}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		began := time.Now()
		p := l.Open(t.Context(), []File{{URI: "http://web/f", CacheID: "f"}}, false)
		hear(p, 8000, 1)
		if took := time.Since(began); took > time.Second {
			t.Errorf("it is heard after %v", took)
		}
		hear(p, 8000, forever)
		if l.gaps.Load() != 0 || len(w.requests) != 1 {
			t.Errorf("%d gaps, asked %d times", l.gaps.Load(), len(w.requests))
		}
	})
}
