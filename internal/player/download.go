package player

import (
	"context"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/outbound"
)

// longestHeld is the longest prompt that is held in memory without a cache id.
const longestHeld = 10 * time.Second

// open downloads a prompt once a slot is free: a short one, and one that is to be
// cached, as a whole; a long one up to its first sample, to be streamed.
func (l *Library) open(ctx context.Context, file File) (fetched, error) {
	from, begin, err := l.origin(file)
	if err != nil {
		return fetched{}, err
	}
	ctx, limit := limited(ctx, l.cfg.Timeout)
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		limit.end()
		return fetched{}, fmt.Errorf("%w: %s: waiting for other downloads: %w", ErrDownload, from, context.Cause(ctx))
	}
	began := l.now()
	source, err := begin(ctx, limit)
	if err != nil {
		limit.end()
		return fetched{}, err
	}
	if l.streams(file, source) {
		return l.streamed(source)
	}
	defer limit.end()
	defer source.close()
	clip, err := source.decoded()
	if err != nil {
		return fetched{}, err
	}
	l.level(clip)
	l.log.Debug("prompt downloaded", "from", from, "plays", clip.Duration(), "took", l.now().Sub(began).Round(time.Millisecond))
	return fetched{clip: clip}, nil
}

// origin says where a prompt comes from, and how it begins.
func (l *Library) origin(file File) (from string, begin func(context.Context, *timeLimit) (*source, error), err error) {
	if file.isSpeech() {
		return "text to speech", func(ctx context.Context, limit *timeLimit) (*source, error) {
			return l.speak(ctx, file, limit)
		}, nil
	}
	u, err := parseURI(file.URI)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrDownload, err)
	}
	return outbound.Shown(u), func(ctx context.Context, limit *timeLimit) (*source, error) { return l.openSource(ctx, u, limit) }, nil
}

// streams decides what is decoded while it is played: speech, what is long and has no
// cache id, or does not fit into the cache beside what is being played. Many short
// prompts are long together: they do not pass the budget either.
func (l *Library) streams(file File, s *source) bool {
	d, known := s.duration()
	if known && d <= longestHeld {
		return l.cfg.CacheBytes > 0 && sizeOf(d)+l.pins.total() > l.cfg.CacheBytes
	}
	if file.CacheID == "" || file.isSpeech() {
		return true
	}
	return known && sizeOf(d)+l.pins.total() > l.cfg.CacheBytes
}

// streamed refuses a stream that would end with an error, before it is heard.
func (l *Library) streamed(s *source) (fetched, error) {
	if d, known := s.duration(); known && d > l.cfg.MaxDuration {
		defer s.close()
		return fetched{}, s.explained(fmt.Errorf("longer than %v, which is the limit", l.cfg.MaxDuration))
	}
	s.limit.pause()
	l.log.Debug("prompt is streamed", "from", s.from)
	return fetched{source: s}, nil
}

// sizeOf is what a clip that plays for so long takes of memory.
func sizeOf(d time.Duration) int64 {
	return int64(d.Seconds() * 2 * (narrowband + wideband))
}
