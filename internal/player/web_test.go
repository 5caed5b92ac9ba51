package player

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// web serves files from memory, so that time may be simulated.
type web struct {
	mu       sync.Mutex
	files    map[string][]byte
	requests []string // path and range
	open     int      // bodies that are not closed
	sent     int      // bytes of all bodies

	noRanges bool          // it sends whole files only
	noETags  bool          // it does not tell versions
	unsent   int           // requests that were answered with 304
	noLength bool          // it does not say how long they are
	headless bool          // nor do they
	breakAt  int           // bytes after which a connection breaks; 0: none does
	breaks   int           // how many do
	changes  bool          // the file changes with each request
	etag     string        // its version; "": one
	pauseAt  int           // a byte after which the server rests once
	pause    time.Duration // for so long
}

func (w *web) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, strings.TrimSpace(r.URL.Path+" "+r.Header.Get("Range")))
	file, ok := w.files[r.URL.Path]
	if w.headless && ok {
		file = slices.Clone(file)
		binary.LittleEndian.PutUint32(file[40:], math.MaxUint32) // of the chunk of samples
	}
	if !ok {
		return &http.Response{StatusCode: 404, Body: http.NoBody, Header: http.Header{}}, nil
	}
	etag := cmp.Or(w.etag, `"one"`)
	if w.changes {
		etag = fmt.Sprintf(`"%d"`, len(w.requests))
	}
	if r.Header.Get("If-None-Match") == etag {
		w.unsent++
		return &http.Response{StatusCode: 304, Body: http.NoBody, Header: http.Header{"Etag": {etag}}}, nil
	}
	response := &http.Response{StatusCode: 200, ContentLength: int64(len(file)), Header: http.Header{"Etag": {etag}}}
	if w.noETags {
		response.Header.Del("Etag")
	}
	from := 0
	if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n == 1 && !w.noRanges && r.Header.Get("If-Range") == etag {
		response.StatusCode = 206
		response.Header.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(file)-1, len(file)))
	} else {
		from = 0
	}
	if w.noLength {
		response.ContentLength = -1
	}
	w.open++
	response.Body = &webBody{web: w, ctx: r.Context(), rest: file[from:], left: w.breakAt, breaks: len(w.requests) <= w.breaks}
	return response, nil
}

type webBody struct {
	web    *web
	ctx    context.Context
	rest   []byte
	breaks bool
	left   int // until it does
	closed bool
}

func (b *webBody) Read(p []byte) (int, error) {
	w := b.web
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pauseAt > 0 && w.sent > w.pauseAt {
		w.pauseAt = 0
		w.mu.Unlock()
		err := sleep(b.ctx, w.pause)
		w.mu.Lock()
		if err != nil {
			return 0, err
		}
	}
	if b.breaks && w.breakAt > 0 {
		if b.left <= 0 {
			return 0, errors.New("reset by peer")
		}
		p = p[:min(len(p), b.left)]
	}
	n := copy(p, b.rest)
	b.rest, b.left, w.sent = b.rest[n:], b.left-n, w.sent+n
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (b *webBody) Close() error {
	b.web.mu.Lock()
	defer b.web.mu.Unlock()
	if !b.closed {
		b.closed = true
		b.web.open--
	}
	return nil
}

// listening is a library in simulated time, with the files of a web.
func listening(t *testing.T, cfg Config, w *web, test func(*testing.T, *Library)) {
	synctest.Test(t, func(t *testing.T) {
		l := New(cfg, slog.New(slog.DiscardHandler))
		l.client = &http.Client{Transport: w}
		test(t, l)
		l.Close()
		if w.open != 0 {
			t.Errorf("%d downloads are left open", w.open)
		}
	})
}

// hear reads a playback as a shard does, for so many frames or to its end.
func hear(p *Playback, rate, frames int) (heard []int16) {
	<-p.Started()
	for range frames {
		f := slices.Repeat(audio.Frame{-7}, audio.Samples(rate))
		if !p.ReadFrame(f) {
			clear(f)
		}
		heard = append(heard, f...)
		if done(p) {
			break
		}
		time.Sleep(audio.FrameDuration)
	}
	return heard
}

// padded is what is heard of samples that end within a frame.
func padded(samples []int16, rate int) []int16 {
	frame := audio.Samples(rate)
	return append(slices.Clone(samples), make([]int16, (frame-len(samples)%frame)%frame)...)
}

// withoutStart drops the silence in which the first frames of a stream are decoded.
func withoutStart(heard []int16, rate int) []int16 {
	frame := audio.Samples(rate)
	for len(heard) >= frame && !slices.ContainsFunc(heard[:frame], func(s int16) bool { return s != 0 }) {
		heard = heard[frame:]
	}
	return heard
}

// numbered is a sound in which each sample differs from its neighbours.
func numbered(n, from int) []int16 {
	samples := make([]int16, n)
	for i := range samples {
		samples[i] = int16(from + i%9000 + 1)
	}
	return samples
}

const forever = 1 << 30
