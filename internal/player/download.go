package player

import (
	"context"
	"fmt"
	"strings"
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
	from, err := l.origin(file)
	if err != nil {
		return fetched{}, err
	}
	ctx, limit := limited(ctx, l.cfg.Timeout)
	give, err := l.slots.take(ctx, from.host)
	if err != nil {
		limit.end()
		return fetched{}, fmt.Errorf("%w: %s: waiting for other downloads: %w", ErrDownload, from.shown, err)
	}
	defer give()
	source, unchanged, err := from.begin(ctx, limit)
	if unchanged != nil || err != nil {
		limit.end()
		return fetched{clip: unchanged}, err
	}
	again := l.again(file, source) && forAll
	got, err := l.opened(file, source, forAll, again)
	if got.source == nil && (got.clip == nil || got.clip.growth == nil) {
		source.close()
	}
	return got, err
}

// opened decides how a source is played. What is short, or is to be kept, is decoded at once
// if there is room for it; many short prompts are long together. All else is streamed, and
// so is what would grow for all (forAll is false: it ends when the one leaves who asked).
func (l *Library) opened(file File, s *source, forAll, again bool) (fetched, error) {
	d, known := s.duration()
	if known && d > l.cfg.MaxDuration {
		return fetched{}, s.explained(fmt.Errorf("longer than %v, which is the limit", l.cfg.MaxDuration))
	}
	key, keeps := file.CacheID, file.CacheID != "" && !file.isSpeech()
	if again {
		key, keeps = keptAs(file.URI), true
	} else {
		s.version = ""
	}
	if keeps && !known {
		whole, err := l.beginning(s)
		if err != nil {
			return fetched{}, err
		}
		if d, known = longestHeld, whole; !whole {
			d = 2 * l.cfg.MaxDuration // while it is copied into a larger buffer there are two
		}
	}
	has, ok := &room{}, false
	if keeps || known && d <= longestHeld {
		has, ok = l.shelf.reserve(sizeOf(d)+int64(len(key))+entryOverhead, l.now())
	}
	switch {
	case !ok:
		s.limit.pause()
		l.log.Debug("prompt is streamed", "from", s.from)
		return fetched{source: s}, nil
	case known && d <= longestHeld:
		clip, err := l.whole(s, key, has)
		return fetched{clip: clip}, err
	}
	s.limit.pause()
	if !forAll {
		has.give()
		return fetched{source: s}, nil
	}
	if !known {
		d = longestHeld // to begin with
	}
	s.file = l.metered(s.file, has)
	return fetched{clip: l.growing(key, s, d, has)}, nil
}

// whole decodes all of a source into a clip, which is kept if it has a key.
func (l *Library) whole(s *source, key string, has *room) (*Clip, error) {
	began := l.now()
	s.file = l.metered(s.file, has)
	clip, err := s.decoded()
	if err != nil {
		has.give()
		return nil, err
	}
	l.level(clip)
	l.log.Debug("prompt downloaded", "from", s.from, "plays", clip.Duration(), "took", l.now().Sub(began).Round(time.Millisecond))
	clip.version = s.version
	clip = l.shelve(clip, key, has)
	l.shelf.settle(clip, key)
	return clip, nil
}

// shelve makes a clip one that is used once, and keeps it if it has a key. If another one
// is kept under the key already, it is returned instead.
func (l *Library) shelve(clip *Clip, key string, has *room) *Clip {
	l.shelf.take(clip, has)
	if key == "" {
		return clip
	}
	return l.shelf.keep(key, clip, l.now())
}

// origin is where a prompt comes from.
type origin struct {
	host  string // "": it is spoken
	shown string // for people
	// begin returns a source, or the clip of a file that has not changed.
	begin func(context.Context, *timeLimit) (*source, *Clip, error)
}

// origin says where a prompt comes from, and how it begins.
func (l *Library) origin(file File) (origin, error) {
	if file.isSpeech() {
		return origin{shown: "text to speech", begin: func(ctx context.Context, limit *timeLimit) (*source, *Clip, error) {
			source, err := l.speak(ctx, file, limit)
			return source, nil, err
		}}, nil
	}
	u, err := parseURI(file.URI)
	if err != nil {
		return origin{}, fmt.Errorf("%w: %w", ErrDownload, err)
	}
	return origin{strings.ToLower(u.Host), outbound.Shown(u), func(ctx context.Context, limit *timeLimit) (*source, *Clip, error) {
		return l.openFile(ctx, u, file, limit)
	}}, nil
}

// sizeOf is what a clip that plays for so long takes of memory.
func sizeOf(d time.Duration) int64 {
	return int64(d.Seconds() * 2 * (narrowband + wideband))
}

// sizeAt is what a clip of so many samples takes that came at a rate.
func sizeAt(samples, rate int) int64 {
	return int64(samples) * 2 * (narrowband + wideband) / int64(rate)
}
