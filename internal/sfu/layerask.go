package sfu

import "time"

// ask asks for what is missing. Where nobody follows, nobody misses it, and a key frame,
// which browsers make of all encodings at once, would harm who sees another one.
func (l *Layer) ask(again []uint16, giveUp bool, now time.Time) {
	if len(l.followers()) == 0 {
		return
	}
	if len(again) > 0 {
		l.source.client.asked.Add(int64(len(again)))
		l.sender.AskAgain(l.ssrc, again)
	}
	if giveUp {
		l.needKeyFrame(now)
	}
}

// Waits reports whether packets are missing, so that Tick is to be called soon.
func (l *Layer) Waits() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lost.list) > 0
}

// Tick asks for what is missing though no packet comes.
func (l *Layer) Tick(now time.Time) {
	l.mu.Lock()
	ask, giveUp := l.lost.due(now)
	l.mu.Unlock()
	l.ask(ask, giveUp, now)
}

// needKeyFrame asks for a key frame, now or as soon as one may be asked for.
func (l *Layer) needKeyFrame(now time.Time) {
	l.wants.Store(true)
	l.askKeyFrame(now)
}

// askSize wants a key frame of a layer whose size is not known, since its first one was
// lost or dropped: some times at most, for sizes that cannot be read.
func (l *Layer) askSize(now time.Time) {
	if l.pixels() == 0 && l.lives(now) && !l.wants.Load() && l.sized.Add(1) <= maxSizeAsks {
		l.wants.Store(true)
	}
}

// askKeyFrame asks for a key frame that somebody needs, unless that was done a moment ago.
func (l *Layer) askKeyFrame(now time.Time) {
	if lately(l.keyCame.Load(), hopeless, now) {
		return // one is on its way, and what is missing of it is asked for
	}
	last := l.asked.Load()
	if !l.wants.Load() || lately(last, keyEvery, now) || !l.asked.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	l.source.client.keyFrames.Add(1)
	l.sender.AskKeyFrame(l.ssrc)
}
