package player

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestFileIsKeptFromItsSecondPlayOn: whoever plays it later only asks whether it is still
// the same, and hears it from its beginning, also while it is being downloaded.
func TestFileIsKeptFromItsSecondPlayOn(t *testing.T) {
	for name, seconds := range map[string]int{"short": 3, "long": 20} {
		t.Run(name, func(t *testing.T) {
			want := numbered(8000*seconds, 0)
			w := &web{files: map[string][]byte{"/f": wavFile(t, want, 8000)}}
			listening(t, Config{}, w, func(t *testing.T, l *Library) {
				var all sync.WaitGroup
				ctx, leave := context.WithCancel(t.Context())
				for range 10 {
					time.Sleep(100 * time.Millisecond)
					all.Go(func() {
						heard := withoutStart(hear(l.Open(ctx, []File{{URI: "http://web/f"}}, false), 8000, forever), 8000)
						if !slices.Equal(heard, padded(want, 8000)) {
							t.Errorf("%d samples were heard, or others", len(heard))
						}
					})
				}
				all.Wait()
				if len(w.requests) != 10 || w.unsent != 8 || l.gaps.Load() != 0 {
					t.Errorf("of %d requests %d were answered with nothing new; %d gaps", len(w.requests), w.unsent, l.gaps.Load())
				}
				leave()
				synctest.Wait()
				if l.shelf.played() != 0 {
					t.Errorf("%d bytes are played by nobody", l.shelf.played())
				}
			})
		})
	}
}

// TestLongVersionsAreNotKept: they would take memory beside that of the sound, which is counted.
func TestLongVersionsAreNotKept(t *testing.T) {
	for version, want := range map[string]string{
		`"1"`:                                         `"1"`,
		`"` + strings.Repeat("x", 254) + `"`:          `"` + strings.Repeat("x", 254) + `"`,
		`"` + strings.Repeat("x", 60_000) + `"`:       "",
		`"` + strings.Repeat("x", maxVersion-1) + `"`: "",
	} {
		if got := versionOf(&http.Response{Header: http.Header{"Etag": {version}}}); got != want {
			t.Errorf("a version of %d bytes is kept with %d, want %d", len(version), len(got), len(want))
		}
	}
}

// TestFileThatChangesIsHeardAsItIs: under the same address.
func TestFileThatChangesIsHeardAsItIs(t *testing.T) {
	w := &web{files: map[string][]byte{}, changes: true}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		for version := range 4 {
			want := numbered(8000*12, 100*version)
			w.files["/f"] = wavFile(t, want, 8000)
			if heard := withoutStart(hear(l.Open(t.Context(), []File{{URI: "http://web/f"}}, false), 8000, forever), 8000); !slices.Equal(heard, padded(want, 8000)) {
				t.Errorf("version %d is not heard", version)
			}
		}
	})
}

// TestKeptFileIsReplacedByItsNextVersion: three plays of one version, then another one.
func TestKeptFileIsReplacedByItsNextVersion(t *testing.T) {
	w := &web{files: map[string][]byte{}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		for round := range 2 {
			want := numbered(8000*12, 1000*round)
			w.files["/f"], w.etag = wavFile(t, want, 8000), []string{`"one"`, `"two"`}[round]
			for range 3 {
				if heard := withoutStart(hear(l.Open(t.Context(), []File{{URI: "http://web/f"}}, false), 8000, forever), 8000); !slices.Equal(heard, padded(want, 8000)) {
					t.Errorf("in round %d something else is heard", round)
				}
			}
		}
		if len(w.requests) != 6 || w.unsent != 2 {
			t.Errorf("of %d requests %d were answered with nothing new", len(w.requests), w.unsent)
		}
	})
}

// growingFile plays a file of 20 s for the second time, from a server that rests in its
// middle, and the playback.
func growingFile(t *testing.T, ctx context.Context, l *Library, w *web) *Playback {
	file := []File{{URI: "http://web/f"}}
	first, end := context.WithCancel(t.Context())
	hear(l.Open(first, file, false), 8000, 10)
	end()
	synctest.Wait()
	w.sent, w.pauseAt, w.pause = 0, 100_000, time.Hour
	p := l.Open(ctx, file, false)
	hear(p, 8000, 50)
	return p
}

// TestDownloadOfNobodyIsGivenUp: when the last who plays it has left, and not before.
func TestDownloadOfNobodyIsGivenUp(t *testing.T) {
	w := &web{files: map[string][]byte{"/f": wavFile(t, numbered(8000*20, 0), 8000)}}
	listening(t, Config{Timeout: 2 * time.Hour}, w, func(t *testing.T, l *Library) {
		one, endOne := context.WithCancel(t.Context())
		two, endTwo := context.WithCancel(t.Context())
		growingFile(t, one, l, w)
		hear(l.Open(two, []File{{URI: "http://web/f"}}, false), 8000, 50)
		endOne()
		synctest.Wait()
		if w.open != 1 || w.unsent != 1 {
			t.Errorf("%d downloads go on; %d shared it", w.open, w.unsent)
		}
		endTwo()
		synctest.Wait()
		if w.open != 0 || l.shelf.total() != 0 {
			t.Errorf("%d downloads go on for nobody", w.open)
		}
		want := numbered(8000*20, 0)
		if heard := withoutStart(hear(l.Open(t.Context(), []File{{URI: "http://web/f"}}, false), 8000, forever), 8000); !slices.Equal(heard, padded(want, 8000)) {
			t.Error("who comes later does not hear all of it")
		}
	})
}

// TestSharedDownloadThatFailsEndsItsPlaybacks: and is not kept.
func TestSharedDownloadThatFailsEndsItsPlaybacks(t *testing.T) {
	w := &web{files: map[string][]byte{"/f": wavFile(t, numbered(8000*20, 0), 8000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		p := growingFile(t, t.Context(), l, w)
		hear(p, 8000, forever)
		if _, err := p.Err(); !errors.Is(err, ErrDownload) {
			t.Errorf("it ended with %v", err)
		}
		before := w.unsent
		if heard := hear(l.Open(t.Context(), []File{{URI: "http://web/f"}}, false), 8000, forever); len(heard) < 8000*20 || w.unsent != before {
			t.Errorf("%d samples are heard afterwards", len(heard))
		}
	})
}

// TestGrowingClipFollowsTheCallsRate: a call becomes wideband in the middle.
func TestGrowingClipFollowsTheCallsRate(t *testing.T) {
	for _, rate := range []int{8000, 16000, 22050} {
		w := &web{files: map[string][]byte{"/f": wavFile(t, slices.Repeat([]int16{1000}, rate*12), rate)}}
		listening(t, Config{}, w, func(t *testing.T, l *Library) {
			file := []File{{URI: "http://web/f"}}
			hear(l.Open(t.Context(), file, false), 8000, forever)
			p := l.Open(t.Context(), file, false)
			heard := withoutStart(hear(p, 8000, 6*50), 8000)
			rest := hear(p, 16000, forever)
			if total := len(heard)*2 + len(rest); total < 16000*12-16000/10 || total > 16000*12+16000/10 {
				t.Errorf("%d Hz: %d samples at 8 kHz and %d at 16 kHz", rate, len(heard), len(rest))
			}
			for i, s := range slices.Concat(heard[8000:], rest[:16000*5]) {
				if s < 950 || s > 1050 {
					t.Fatalf("%d Hz: sample %d is %d", rate, i, s)
				}
			}
		})
	}
}

func TestVersionsThatCanBeKept(t *testing.T) {
	const date, hourAgo, aSecondAgo = "Sun, 29 Nov 2026 12:00:00 GMT", "Sun, 29 Nov 2026 11:00:00 GMT", "Sun, 29 Nov 2026 11:59:59 GMT"
	for _, test := range []struct{ header, want string }{
		{`ETag: "a"`, `"a"`},
		{"Last-Modified: " + hourAgo + "|Date: " + date, hourAgo},
		{`ETag: W/"a"`, ""}, // bytes may differ
		{`ETag: W/"a"|Last-Modified: ` + hourAgo + "|Date: " + date, hourAgo},
		{"Last-Modified: " + aSecondAgo + "|Date: " + date, ""},
		{"Last-Modified: " + hourAgo, ""},
		{"Last-Modified: yesterday|Date: " + date, ""},
		{`ETag: "a"|Cache-Control: max-age=0, No-Store`, ""},
		{`ETag: "a"|Cache-Control: no-cache`, `"a"`}, // it is asked each time
		{"", ""},
	} {
		r := &http.Response{Header: http.Header{}}
		for line := range strings.SplitSeq(test.header, "|") {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Add(name, value)
		}
		if got := versionOf(r); got != test.want {
			t.Errorf("%s: %q, want %q", test.header, got, test.want)
		}
	}
}
