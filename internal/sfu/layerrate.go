package sfu

import "time"

// count measures the rate.
func (l *Layer) count(bytes int, base bool, now time.Time) {
	l.alive.Store(now.UnixNano())
	l.bytes += bytes
	if base {
		l.small += bytes
	}
	passed := now.Sub(l.since)
	if passed < keyEvery {
		return
	}
	if rate := int64(l.bytes) * 8 * int64(time.Second) / int64(passed); passed < 3*keyEvery {
		if l.last == 0 {
			l.last = rate
		}
		l.rate.Store(min(rate, l.last)) // a key frame does not count as a higher rate
		l.last = rate
		l.share.Store(int64(l.small) * 100 / int64(max(l.bytes, 1)))
	}
	l.since, l.bytes, l.small = now, 0, 0
}

// lives reports whether packets come.
func (l *Layer) lives(now time.Time) bool {
	limit := aliveFor
	if l.source.kind == Screen {
		limit = screenAlive
	}
	return lately(l.alive.Load(), limit, now)
}

// lately reports whether what was noted, in ns since 1970, lies less than a span away. What was noted
// before the clock of the machine was set back lies ahead, and counts as long ago.
func lately(noted int64, span time.Duration, now time.Time) bool {
	return time.Duration(now.UnixNano()-noted).Abs() < span
}

// cost is its rate in bits a second, or a guess by its size before that is known.
func (l *Layer) cost() int {
	if rate := l.rate.Load(); rate > 0 {
		return int(rate)
	}
	if pixels := l.pixels(); pixels > 0 {
		return pixels * 2
	}
	return 500_000
}

// base is the rate of temporal layer 0 alone; 0: there is no other that counts.
func (l *Layer) base() int {
	if share := int(l.share.Load()); share > 0 && share <= mostShare {
		return l.cost() * share / 100
	}
	return 0
}

// pixels is the size of its pictures; 0: unknown.
func (l *Layer) pixels() int {
	size := l.size.Load()
	return int(size>>32) * int(size&0xffffffff)
}
