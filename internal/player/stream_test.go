package player

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

func TestLongPromptIsDecodedWhileItPlays(t *testing.T) {
	for _, test := range []struct {
		rate, call int
		noLength   bool
	}{{8000, 8000, false}, {8000, 8000, true}, {16000, 16000, false}, {44100, 8000, false}, {8000, 16000, false}} {
		t.Run(fmt.Sprintf("%d in a call of %d Hz, length unknown %v", test.rate, test.call, test.noLength), func(t *testing.T) {
			samples := numbered(test.rate*15+77, 0)
			w := &web{files: map[string][]byte{"/long": wavFile(t, samples, test.rate)}, noLength: test.noLength}
			listening(t, Config{}, w, func(t *testing.T, l *Library) {
				p := l.Open(t.Context(), []File{{URI: "http://web/long"}}, false)
				heard := hear(p, test.call, 50)
				if ahead := w.sent - len(heard)*2*test.rate/test.call; ahead > 2*test.rate*2+8000 {
					t.Errorf("after a second the download is %d bytes ahead", ahead)
				}
				heard = append(heard, hear(p, test.call, forever)...)
				want, err := audio.Resample(samples, test.rate, test.call)
				if err != nil {
					t.Fatal(err)
				}
				if got := withoutStart(heard, test.call); !slices.Equal(got, padded(want, test.call)) {
					t.Errorf("heard %d samples, want %d, or others", len(got), len(want))
				}
				if start := len(heard) - len(padded(want, test.call)); start > 2*audio.Samples(test.call) {
					t.Errorf("the first sound came after %d samples", start)
				}
				if _, err := p.Err(); err != nil || !done(p) || l.gaps.Load() != 0 {
					t.Errorf("ended with %v; %d gaps", err, l.gaps.Load())
				}
			})
		})
	}
}

func TestPromptsFollowEachOtherWithoutAGap(t *testing.T) {
	short, long, tail := numbered(8000+33, 100), numbered(8000*20+5, 9000), numbered(100, 20000)
	w := &web{files: map[string][]byte{"/short": wavFile(t, short, 8000), "/long": wavFile(t, long, 8000), "/tail": wavFile(t, tail, 8000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{URI: "http://web/short"}, {URI: "http://web/long"}, {URI: "http://web/tail"}}, false)
		heard := hear(p, 8000, forever)
		if want := padded(slices.Concat(short, long, tail), 8000); !slices.Equal(heard, want) || l.gaps.Load() != 0 {
			t.Errorf("heard %d samples, want %d, or others; %d gaps", len(heard), len(want), l.gaps.Load())
		}
	})
}

func TestLoopsHaveNoSeam(t *testing.T) {
	tiny, short, long := numbered(50, 100), numbered(2033, 100), numbered(8000*12+5, 9000)
	w := &web{files: map[string][]byte{"/tiny": wavFile(t, tiny, 8000), "/short": wavFile(t, short, 8000), "/long": wavFile(t, long, 8000)}}
	for _, test := range []struct {
		name     string
		list     []File
		round    []int16
		requests int // in 25 s
	}{
		{"held in memory", []File{{URI: "http://web/tiny"}}, tiny, 1},
		{"streamed, then kept", []File{{URI: "http://web/long"}}, long, 2},
		{"streamed, without versions", []File{{URI: "http://web/long"}}, long, 3},
		{"both", []File{{URI: "http://web/short"}, {URI: "http://web/long"}}, slices.Concat(short, long), 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.requests, w.noETags = nil, test.requests > 2
			listening(t, Config{}, w, func(t *testing.T, l *Library) {
				ctx, cancel := context.WithCancel(t.Context())
				p := l.Open(ctx, test.list, true)
				heard := withoutStart(hear(p, 8000, 25*50), 8000)
				if want := slices.Repeat(test.round, len(heard)/len(test.round)+1)[:len(heard)]; !slices.Equal(heard, want) || l.gaps.Load() != 0 {
					t.Errorf("there is a seam, or %d gaps", l.gaps.Load())
				}
				if len(w.requests) != test.requests {
					t.Errorf("asked for %q", w.requests)
				}
				cancel()
				synctest.Wait()
				if read(p, 8000) == nil || !done(p) || read(p, 8000) != nil {
					t.Error("goes on when its context is done, or does not fade")
				}
			})
		})
	}
}

func TestStreamFollowsTheCallsRate(t *testing.T) {
	w := &web{files: map[string][]byte{"/long": wavFile(t, audiotest.Tone(16000, 15*time.Second, -12, 440), 16000)}}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{URI: "http://web/long"}}, false)
		narrow := withoutStart(hear(p, 8000, 100), 8000)
		wide := hear(p, 16000, forever)
		if n := len(narrow)*2 + len(wide); n != 15*16000 {
			t.Errorf("heard %d samples of 16 kHz, want %d", n, 15*16000)
		}
		if breaks := audiotest.Breaks(wide[320:len(wide)-320], 16000, 440); len(breaks) > 0 || l.gaps.Load() != 0 {
			t.Errorf("the tone has breaks at %v, %d gaps", breaks, l.gaps.Load())
		}
	})
}

func TestBrokenStreamsAreResumed(t *testing.T) {
	samples := numbered(8000*30, 0)
	file := wavFile(t, samples, 8000)
	for _, test := range []struct {
		name string
		web  *web
		want string // of the error; "" if all is heard
	}{
		{"by ranges", &web{breakAt: 100_000, breaks: 9}, ""},
		{"by whole files", &web{breakAt: 100_000, breaks: 2, noRanges: true}, ""},
		{"not where nothing comes any more", &web{breakAt: 100_000, breaks: 9, noRanges: true}, "the connection broke"},
		{"not where the file changes", &web{breakAt: 100_000, breaks: 9, changes: true}, "the file has changed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := test.web
			w.files = map[string][]byte{"/long": file, "/first": wavFile(t, numbered(800, 0), 8000)}
			listening(t, Config{}, w, func(t *testing.T, l *Library) {
				p := l.Open(t.Context(), []File{{URI: "http://web/first"}, {URI: "http://web/long"}}, false)
				heard := hear(p, 8000, forever)
				index, err := p.Err()
				switch {
				case test.want == "" && (err != nil || !slices.Equal(heard[800:], samples)):
					t.Errorf("heard %d samples of %d, then %v; asked for %q", len(heard)-800, len(samples), err, w.requests)
				case test.want != "" && (index != 1 || !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), test.want)):
					t.Errorf("prompt %d: %v", index, err)
				}
			})
		})
	}
}

func TestSlowServerIsSilenceAndCounted(t *testing.T) {
	samples := numbered(8000*20, 0)
	w := &web{files: map[string][]byte{"/long": wavFile(t, samples, 8000)}, pauseAt: 160_000, pause: 3 * time.Second}
	listening(t, Config{}, w, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{URI: "http://web/long"}}, false)
		heard := hear(p, 8000, forever)
		silent := slices.DeleteFunc(slices.Clone(heard), func(s int16) bool { return s == 0 })
		if !slices.Equal(silent, samples) {
			t.Error("something was left out")
		}
		if missing := time.Duration(len(heard)-len(samples)) * time.Second / 8000; missing < time.Second || missing > 3*time.Second || l.gaps.Load() != 1 {
			t.Errorf("%v of silence, %d gaps", missing, l.gaps.Load())
		}
	})
}

func TestGapsAreAMetric(t *testing.T) {
	registry := prometheus.NewRegistry()
	l := New(Config{Registerer: registry}, slog.New(slog.DiscardHandler))
	l.gaps.Add(3)
	families, err := registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "switchhook_player_gaps_total" || families[0].Metric[0].Counter.GetValue() != 3 {
		t.Errorf("got %v, %v", families, err)
	}
	l.Close()
	New(Config{Registerer: registry}, slog.New(slog.DiscardHandler)).Close() // the name is free again
}

func TestStalledStreamEndsThePlayback(t *testing.T) {
	w := &web{files: map[string][]byte{"/long": wavFile(t, numbered(8000*20, 0), 8000)}, pauseAt: 160_000, pause: time.Hour}
	listening(t, Config{Timeout: 5 * time.Second}, w, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{URI: "http://web/long"}}, false)
		hear(p, 8000, forever)
		if _, err := p.Err(); !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), "longer than 5s") {
			t.Errorf("got %v", err)
		}
	})
}

func TestPausedPlaybackDoesNotStall(t *testing.T) {
	samples := numbered(8000*20, 0)
	w := &web{files: map[string][]byte{"/long": wavFile(t, samples, 8000)}}
	listening(t, Config{Timeout: 5 * time.Second}, w, func(t *testing.T, l *Library) {
		p := l.Open(t.Context(), []File{{URI: "http://web/long"}}, false)
		heard := hear(p, 8000, 100)
		time.Sleep(time.Hour) // music on hold, while a prompt is heard
		heard = withoutStart(append(heard, hear(p, 8000, forever)...), 8000)
		if _, err := p.Err(); err != nil || !slices.Equal(heard, samples) {
			t.Errorf("heard %d samples, then %v", len(heard), err)
		}
	})
}

func TestFailureNamesItsPrompt(t *testing.T) {
	short := wavFile(t, numbered(800, 0), 8000)
	long := wavFile(t, numbered(8000*70, 0), 8000)
	unknown := slices.Clone(long)
	copy(unknown[40:], "\xFF\xFF\xFF\xFF") // the size of the data chunk
	w := &web{noLength: true, files: map[string][]byte{"/short": short, "/long": unknown, "/odd": []byte("ID3\x04..."), "/nothing": unknown[:44]}}
	first := File{URI: "http://web/short"}
	for _, test := range []struct {
		name  string
		list  []File
		index int
		want  error
		heard time.Duration
	}{
		{"the first does not exist", []File{{URI: "http://web/gone"}, first}, 0, ErrDownload, 0},
		{"the second does not exist", []File{first, {URI: "http://web/gone"}}, 1, ErrDownload, 100 * time.Millisecond},
		{"the third is no sound", []File{first, first, {URI: "http://web/odd"}}, 2, ErrFormat, 200 * time.Millisecond},
		{"the second turns out too long", []File{first, {URI: "http://web/long"}}, 1, ErrFormat, time.Minute},
		{"the second turns out to hold nothing", []File{first, {URI: "http://web/nothing"}}, 1, ErrFormat, 100 * time.Millisecond},
	} {
		for _, loop := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, loop %v", test.name, loop), func(t *testing.T) {
				listening(t, Config{MaxDuration: time.Minute}, w, func(t *testing.T, l *Library) {
					p := l.Open(t.Context(), test.list, loop)
					synctest.Wait()
					if test.index == 0 {
						select {
						case <-p.Started():
							t.Error("it has started")
						default:
						}
					} else {
						heard := time.Duration(len(hear(p, 8000, forever))) * time.Second / 8000
						if heard < test.heard || heard > test.heard+time.Second {
							t.Errorf("heard for %v", heard)
						}
					}
					if index, err := p.Err(); index != test.index || !errors.Is(err, test.want) {
						t.Errorf("prompt %d: %v", index, err)
					}
				})
			})
		}
	}
}

func TestStreamDoesNotAllocateWhereItIsRead(t *testing.T) {
	s := &stream{ring: make([]int16, 12000)}
	s.rate.Store(8000)
	p := newPlayback(new(atomic.Int64))
	p.item.next.Store(&item{stream: s})
	for _, rate := range []int{8000, 16000} {
		f := make(audio.Frame, audio.Samples(rate))
		if n := testing.AllocsPerRun(100, func() {
			s.written.Add(160)
			s.flowing = true
			p.ReadFrame(f)
		}); n != 0 {
			t.Errorf("%v allocations a frame at %d Hz", n, rate)
		}
	}
}
