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
//
// What is downloaded for all who ask for it may go on for others, when they have gone.
func (l *Library) open(ctx context.Context, file File, forAll bool) (fetched, error) {
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
	source, unchanged, err := begin(ctx, limit)
	if unchanged != nil || err != nil {
		limit.end()
		return fetched{clip: unchanged}, err
	}
	again := l.again(file, source) && forAll
	if l.streams(file, source) {
		return l.streamed(file, source, again)
	}
	defer limit.end()
	defer source.close()
	clip, err := source.decoded()
	if err != nil {
		return fetched{}, err
	}
	l.level(clip)
	l.log.Debug("prompt downloaded", "from", from, "plays", clip.Duration(), "took", l.now().Sub(began).Round(time.Millisecond))
	if again {
		clip.version = source.version
		clip = l.share(file, clip)
	}
	return fetched{clip: clip}, nil
}

// origin says where a prompt comes from, and how it begins: with a source, or with the
// clip of a file that has not changed.
func (l *Library) origin(file File) (from string, begin func(context.Context, *timeLimit) (*source, *Clip, error), err error) {
	if file.isSpeech() {
		return "text to speech", func(ctx context.Context, limit *timeLimit) (*source, *Clip, error) {
			source, err := l.speak(ctx, file, limit)
			return source, nil, err
		}, nil
	}
	u, err := parseURI(file.URI)
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrDownload, err)
	}
	return outbound.Shown(u), func(ctx context.Context, limit *timeLimit) (*source, *Clip, error) {
		return l.openFile(ctx, u, file, limit)
	}, nil
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

// streamed refuses a stream that would end with an error, before it is heard. What is
// played again is shared, if there is room for it.
func (l *Library) streamed(file File, s *source, again bool) (fetched, error) {
	d, known := s.duration()
	if known && d > l.cfg.MaxDuration {
		defer s.close()
		return fetched{}, s.explained(fmt.Errorf("longer than %v, which is the limit", l.cfg.MaxDuration))
	}
	s.limit.pause()
	if again && known && sizeOf(d)+l.pins.total() <= l.cfg.CacheBytes {
		return l.growing(file, s, d)
	}
	l.log.Debug("prompt is streamed", "from", s.from)
	return fetched{source: s}, nil
}

// sizeOf is what a clip that plays for so long takes of memory.
func sizeOf(d time.Duration) int64 {
	return int64(d.Seconds() * 2 * (narrowband + wideband))
}
