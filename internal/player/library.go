// Package player turns prompts into frames: it downloads files and plays them
// into a mix. Short ones, and those that are cached, are decoded once and shared;
// long ones are decoded while they play. It owns the downloads and their cache,
// which follows what Azure documents for playSourceCacheId: an hour, during which
// nothing is asked again.
package player

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/speech"
)

// Why a prompt cannot be played. The errors of a Playback wrap one of these, the
// first two with what was tried, without the secrets of a URL.
var (
	// ErrFormat is a file that is not a sound that can be played: Azure's
	// 400/8535, "Action failed, file format is invalid."
	ErrFormat = errors.New("the file format is invalid")
	// ErrDownload is a file that could not be had: Azure's 400/8536.
	ErrDownload = errors.New("the file could not be downloaded")
	// ErrClosed is a library that has been closed.
	ErrClosed = errors.New("the player is closed")
)

// Config bounds what strangers' files may cost. Zero values take the defaults.
type Config struct {
	MaxBytes     int64         // of one file; 50 MB
	MaxDuration  time.Duration // of one file; 10 min
	Timeout      time.Duration // of one download with all its redirects; 30 s
	MaxRedirects int           // 5; below zero none
	MaxDownloads int           // that are opened at the same time, others wait; 128
	MaxOfOrigin  int           // of them from one host, or of the speech services; 32
	CacheBytes   int64         // of all decoded prompts together, kept, played or being decoded; others are streamed; 128 MB; below zero all are
	CacheTime    time.Duration // how long one is kept under its id; 1 h

	// Allow refuses addresses, just before they are connected to, so that no name
	// or redirect leads around it. Nil allows all of them and honours the
	// environment's proxy; otherwise no proxy is used.
	Allow func(netip.Addr) error
	TLS   *tls.Config // nil: the system's roots

	Speech speech.Synthesizer // speaks; nil: nobody does

	Loudness float64 // LUFS to which everything that is played is brought; 0: it stays as it is

	Registerer prometheus.Registerer // takes the metrics; nil for none
}

// DefaultCacheBytes is Config.CacheBytes where it is zero.
const DefaultCacheBytes = 128_000_000

func (c Config) withDefaults() Config {
	orDefault(&c.MaxBytes, 50_000_000)
	orDefault(&c.MaxDuration, 10*time.Minute)
	orDefault(&c.Timeout, 30*time.Second)
	orDefault(&c.MaxRedirects, 5)
	orDefault(&c.MaxDownloads, 128)
	orDefault(&c.MaxOfOrigin, 32)
	orDefault(&c.CacheBytes, DefaultCacheBytes)
	orDefault(&c.CacheTime, time.Hour)
	return c
}

func orDefault[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// Library plays prompts. It is safe for use by many calls.
type Library struct {
	cfg    Config
	log    *slog.Logger
	client *http.Client
	slots  *slots // one for each download that is being opened
	now    func() time.Time

	work  sync.WaitGroup // the downloads, and what feeds playbacks
	ctx   context.Context
	close context.CancelCauseFunc

	shelf    *shelf
	versions *expiring.Map[string, string] // of files without a cache id, by address
	gaps     atomic.Int64                  // moments in which a file did not come in time

	metric prometheus.Collector

	mu        sync.Mutex // guards what follows
	closed    bool
	warming   int // services that are being connected to, before anybody speaks
	downloads map[File]*download
}

// entryOverhead is what an entry costs beside what is in it, roughly: many tiny clips are
// bounded too.
const entryOverhead = 512

// New returns an empty library.
func New(cfg Config, log *slog.Logger) *Library {
	cfg = cfg.withDefaults()
	l := &Library{
		cfg:       cfg,
		log:       log,
		client:    newClient(cfg),
		slots:     newSlots(cfg.MaxDownloads, cfg.MaxOfOrigin),
		now:       time.Now,
		shelf:     newShelf(cfg.CacheBytes, cfg.CacheTime),
		versions:  newVersions(cfg.CacheTime),
		downloads: make(map[File]*download),
	}
	l.ctx, l.close = context.WithCancelCause(context.Background())
	l.metric = prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "switchhook_player_gaps_total",
		Help: "Gaps in prompts whose files did not come in time.",
	}, func() float64 { return float64(l.gaps.Load()) })
	if cfg.Registerer != nil {
		cfg.Registerer.MustRegister(l.metric)
	}
	return l
}

// Held is how many bytes of decoded prompts are in memory, about.
func (l *Library) Held() int64 { return l.shelf.total() }

// Close gives up the downloads that run and returns when they are gone.
func (l *Library) Close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.close(ErrClosed)
	l.work.Wait()
	l.client.CloseIdleConnections()
	if l.cfg.Registerer != nil {
		l.cfg.Registerer.Unregister(l.metric)
	}
}
