package player

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

func wavFile(t testing.TB, samples []int16, rate int) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, rate, samples); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// stereo24 writes the samples on both channels of a 24-bit file.
func stereo24(samples []int16, rate int) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32([]byte("RIFF"), uint32(36+6*len(samples)))
	b = le.AppendUint32(append(b, "WAVEfmt "...), 16)
	b = le.AppendUint16(le.AppendUint16(b, 1), 2)
	b = le.AppendUint32(le.AppendUint32(b, uint32(rate)), uint32(rate*6))
	b = le.AppendUint16(le.AppendUint16(b, 6), 24)
	b = le.AppendUint32(append(b, "data"...), uint32(6*len(samples)))
	for _, s := range samples {
		b = append(b, 0, byte(s), byte(s>>8), 0, byte(s), byte(s>>8))
	}
	return b
}

func serve(t testing.TB, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func newLibrary(t testing.TB, cfg Config) *Library {
	l := New(cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(l.Close)
	return l
}

// say returns all that a clip sounds like at 8 kHz.
func say(clip *Clip) (heard []int16) {
	for p := play(clip); !done(p); {
		heard = append(heard, read(p, 8000)...)
	}
	return heard
}

func TestToneSurvivesTheWayToTheCall(t *testing.T) {
	tone := audiotest.Tone(44100, time.Second, -12, 440)
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(stereo24(tone, 44100)) })
	clip, err := fetchClip(t.Context(), newLibrary(t, Config{}), uri+"/prompt.wav", "")
	if err != nil {
		t.Fatal(err)
	}
	if heard := say(clip); clip.Duration() != time.Second || !audiotest.ContainsTone(heard, 8000, 440, 960*time.Millisecond) {
		t.Errorf("%v; heard %s", clip.Duration(), audiotest.Describe(heard, 8000))
	}
}

func TestToneAboveTheCallsBandVanishes(t *testing.T) {
	file := wavFile(t, audiotest.Tone(16000, time.Second, -6, 6000), 16000)
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(file) })
	clip, err := fetchClip(t.Context(), newLibrary(t, Config{}), uri, "")
	if err != nil {
		t.Fatal(err)
	}
	if heard := say(clip)[800:7200]; audiotest.Level(heard) > -69 {
		t.Errorf("6 kHz at 16 kHz became %s", audiotest.Describe(heard, 8000))
	}
}

func TestFailedDownloadsNameTheirCause(t *testing.T) {
	short := wavFile(t, make([]int16, 100), 8000)
	long := wavFile(t, make([]int16, 8000*11), 8000)
	pages := map[string]http.HandlerFunc{
		"/missing":  http.NotFound,
		"/html":     answer("text/html; charset=utf-8", "\n<!DOCTYPE html><title>Sign in</title>"),
		"/xml":      answer("application/xml", "\xEF\xBB\xBF<?xml version=\"1.0\"?><Error/>"),
		"/mp3":      answer("audio/mpeg", "ID3\x04\x00\x00\x00\x00\x7F\x7F"+strings.Repeat("\x00", 100)),
		"/bare-mp3": answer("audio/mpeg", "\xFF\xFB\x90\x00"+strings.Repeat("\x00", 1000)),
		"/ogg":      answer("audio/ogg", "OggS\x00"),
		"/flac":     answer("audio/flac", "fLaC"),
		"/empty":    answer("audio/wav", ""),
		"/nothing":  answer("audio/wav", string(wavFile(t, nil, 8000))),
		"/long":     answer("audio/wav", string(long)),
		"/large":    answer("audio/wav", string(wavFile(t, make([]int16, 200_000), 48000))),
		"/cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(short)))
			w.Write(short[:len(short)-1])
		},
		"/round": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/round?sig=SECRET", http.StatusFound)
		},
		"/to-file": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "file:///etc/passwd")
			w.WriteHeader(302)
		},
	}
	host := serve(t, func(w http.ResponseWriter, r *http.Request) { pages[r.URL.Path](w, r) })
	tests := []struct {
		name string
		uri  string
		want error
		says string
	}{
		{"status", host + "/missing", ErrDownload, "answered 404 Not Found"},
		{"page", host + "/html", ErrFormat, `sent "text/html; charset=utf-8" and it looks like HTML`},
		{"XML", host + "/xml", ErrFormat, "looks like XML"},
		{"mp3 that is cut within its tag", host + "/mp3", ErrFormat, "ends within its tag; "},
		{"mp3 without sound", host + "/bare-mp3", ErrFormat, "the MP3 file has no frames"},
		{"Ogg without sound", host + "/ogg", ErrFormat, "ends before its sound"},
		{"flac", host + "/flac", ErrFormat, "looks like flac, which is not read"},
		{"empty file", host + "/empty", ErrFormat, "an empty file"},
		{"WAV without samples", host + "/nothing", ErrFormat, "no samples"},
		{"too long", host + "/long", ErrFormat, "longer than 10s"},
		{"too large", host + "/large", ErrDownload, "larger than 300000 bytes"},
		{"broken off", host + "/cut", ErrDownload, "the connection broke"},
		{"endless redirects", host + "/round", ErrDownload, "more than 5 redirects"},
		{"redirect to a file", host + "/to-file", ErrDownload, "file:// addresses are not read"},
		{"file", "file:///etc/passwd", ErrDownload, "file:// addresses are not read"},
		{"path", "/etc/passwd", ErrDownload, "not an absolute http"},
		{"another scheme", "ftp://host/a.wav", ErrDownload, `scheme "ftp"`},
		{"no host", "http:///a.wav", ErrDownload, "names no host"},
		{"not an address", "http://host:port/?SECRET", ErrDownload, "invalid port"},
		{"nobody listens", "http://127.0.0.1:1/", ErrDownload, "refused"},
	}
	l := newLibrary(t, Config{MaxDuration: 10 * time.Second, MaxBytes: 300_000})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			clip, err := fetchClip(t.Context(), l, test.uri, test.name)
			if clip != nil || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %v, %v; want %q", clip, err, test.says)
			}
			if err != nil && strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func answer(contentType, content string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Write([]byte(content))
	}
}

func TestSlowDownloadIsGivenUp(t *testing.T) {
	file := wavFile(t, make([]int16, 100), 8000)
	for _, sent := range []int{0, 20, 100} {
		gone := make(chan struct{})
		uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if sent > 0 {
				w.Write(file[:sent])
				http.NewResponseController(w).Flush()
			}
			<-r.Context().Done()
			close(gone)
		})
		l := newLibrary(t, Config{Timeout: 200 * time.Millisecond})
		if _, err := fetchClip(t.Context(), l, uri, ""); !errors.Is(err, ErrDownload) || !strings.Contains(err.Error(), "longer than 200ms") {
			t.Errorf("after %d bytes: %v", sent, err)
		}
		<-gone
	}
}

func TestOnlyTrustedServersAreAsked(t *testing.T) {
	server := httptest.NewUnstartedServer(answer("audio/wav", string(wavFile(t, make([]int16, 100), 8000))))
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // the refused handshake
	server.StartTLS()
	t.Cleanup(server.Close)
	if _, err := fetchClip(t.Context(), newLibrary(t, Config{}), server.URL, ""); !errors.Is(err, ErrDownload) {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	fetch(t, newLibrary(t, Config{TLS: &tls.Config{RootCAs: roots}}), server.URL, "")
}

func TestOtherFormatIsNamed(t *testing.T) {
	tests := []struct{ first, want string }{
		{"", "an empty file"},
		{"RIFF", ""},
		{"\x00\x00\x00\x20ftypM4A ", "mp4"},
		{"fLaC", "flac"},
		{"\x1A\x45\xDF\xA3", "webm"},
		{"\x1F\x8B\x08", "gzip"},
		{"\xFF\xFE<\x00", ""}, // UTF-16
		{"\xFF", ""},
		{" {\"error\":{}}", "JSON"},
		{"<HTML>", "HTML"},
		{"<svg", ""},
	}
	for _, test := range tests {
		if got := looksLike([]byte(test.first)); got != test.want {
			t.Errorf("%q looks like %q, want %q", test.first, got, test.want)
		}
	}
}

func TestErrorsHideTheSecretsOfAnAddress(t *testing.T) {
	uri := serve(t, http.NotFound)
	uri = strings.Replace(uri, "http://", "http://user:SECRET@", 1) + "/prompts/a.wav?sig=SECRET#SECRET"
	_, err := fetchClip(t.Context(), newLibrary(t, Config{}), uri, "")
	if err == nil || strings.Contains(err.Error(), "SECRET") || !strings.Contains(err.Error(), "/prompts/a.wav answered 404") {
		t.Errorf("got %v", err)
	}
}

func TestRedirectIsFollowed(t *testing.T) {
	file := wavFile(t, make([]int16, 100), 8000)
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if n := len(r.URL.Path); n < 6 {
			http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			return
		}
		w.Write(file)
	})
	if _, err := fetchClip(t.Context(), newLibrary(t, Config{}), uri+"/", ""); err != nil {
		t.Error(err)
	}
}

// TestRedirectTellsNoSignature: the address of a prompt gives access to it, and is nothing for
// who it leads to.
func TestRedirectTellsNoSignature(t *testing.T) {
	file, told := wavFile(t, make([]int16, 100), 8000), make(chan string, 1)
	elsewhere := serve(t, func(w http.ResponseWriter, r *http.Request) {
		told <- r.Header.Get("Referer")
		w.Write(file)
	})
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere+"/b.wav", http.StatusFound)
	})
	if _, err := fetchClip(t.Context(), newLibrary(t, Config{}), uri+"/a.wav?sig=SECRET", ""); err != nil {
		t.Fatal(err)
	}
	if got := <-told; got != "" {
		t.Errorf("the next host was told %q", got)
	}
}

func TestForbiddenAddressIsNeverConnectedTo(t *testing.T) {
	var asked atomic.Int32
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) { asked.Add(1) })
	private := errors.New("private address")
	l := newLibrary(t, Config{Allow: func(to netip.Addr) error {
		if to.IsLoopback() {
			return private
		}
		return nil
	}})
	_, port, _ := strings.Cut(strings.TrimPrefix(uri, "http://"), ":")
	for _, uri := range []string{uri, "http://localhost:" + port, "http://[::ffff:127.0.0.1]:" + port} {
		if _, err := fetchClip(t.Context(), l, uri, ""); !errors.Is(err, ErrDownload) || !errors.Is(err, private) {
			t.Errorf("%s: %v", uri, err)
		}
	}
	if asked.Load() != 0 {
		t.Error("the server was asked")
	}
	err := allowed(func(to netip.Addr) error {
		if netip.MustParsePrefix("10.0.0.0/8").Contains(to) {
			return private
		}
		return nil
	}, "[::ffff:10.0.0.1]:80")
	if !errors.Is(err, private) {
		t.Errorf("in its IPv6 clothes: %v", err)
	}
}

func TestCanceledFetchSaysWhy(t *testing.T) {
	hungUp := errors.New("hung up")
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := make(chan struct{})
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		cancel(hungUp)
		<-r.Context().Done() // the download was given up
		close(gone)
	})
	l := newLibrary(t, Config{})
	if _, err := fetchClip(ctx, l, uri, ""); !errors.Is(err, hungUp) || errors.Is(err, ErrDownload) {
		t.Errorf("got %v", err)
	}
	<-gone
	if _, err := fetchClip(ctx, l, uri, ""); !errors.Is(err, hungUp) {
		t.Errorf("with a context that was over before: %v", err)
	}
}

func TestCloseGivesDownloadsUp(t *testing.T) {
	asked := make(chan struct{})
	uri := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	l := newLibrary(t, Config{})
	failed := make(chan error)
	go func() {
		_, err := fetchClip(context.Background(), l, uri, "")
		failed <- err
	}()
	<-asked
	l.Close()
	if err := <-failed; !errors.Is(err, ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := fetchClip(t.Context(), l, uri, ""); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
