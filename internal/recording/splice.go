package recording

import (
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// fadeLength is how long the sound before a splice fades into that behind it.
	fadeLength = 5 * time.Millisecond
	// spliceSlack is how far a splice may lie beside its place, where the two sounds agree
	// better: a period of most voices is found in twice as much.
	spliceSlack = 1250 * time.Microsecond
	// spliceMost is how much is spliced at a time: the rest follows with the next frames.
	spliceMost = audio.FrameDuration - spliceSlack
)

// splice brings a frame closer to its place, from which it is off by some samples: a part
// of what is before it is heard twice, or a part is left out.
func (l *line) splice(f audio.Frame, off int64) audio.Frame {
	fade, slack := l.samples(fadeLength), l.samples(spliceSlack)
	n := min(max(off, -off), l.samples(spliceMost))
	if l.next-fade-n-slack < l.position(l.from) {
		l.next += off // what is needed for it has been taken
		return f
	}
	if off > 0 {
		l.repeat(n, slack, fade)
		return f
	}
	return l.overlap(f, n, slack, fade)
}

// repeat lets about the last n samples be heard twice.
func (l *line) repeat(n, slack, fade int64) {
	n = closest(n, slack, fade, func(n, i int64) int {
		return l.sample(l.next-fade+i) - l.sample(l.next-fade+i-n)
	})
	for i := range n {
		l.set(l.next+i, l.sample(l.next+i-n))
	}
	for i := fade - 1; i >= 0; i-- { // backwards: what is before is not changed yet
		at := l.next - fade + i
		l.set(at, (l.sample(at)*int(fade-i)+l.sample(at-n)*int(i))/int(fade))
	}
	l.next += n
	l.end = max(l.end, l.next)
}

// overlap lays a frame upon about the last n samples.
func (l *line) overlap(f audio.Frame, n, slack, fade int64) audio.Frame {
	n = closest(n, slack, min(fade, n-slack), func(n, i int64) int { return l.sample(l.next-n+i) - int(f[i]) })
	joined, fade := l.joined[:copy(l.joined[:], f)], min(fade, n)
	l.next -= n
	for i := range fade {
		joined[i] = int16((l.sample(l.next+i)*int(fade-i) + int(f[i])*int(i)) / int(fade))
	}
	return joined
}

// closest returns which of the numbers beside n has the least differences.
func closest(n, slack, length int64, difference func(n, i int64) int) (best int64) {
	least := -1
	for candidate := max(n-slack, 1); candidate <= n+slack; candidate++ {
		sum := 0
		for i := range length {
			d := difference(candidate, i)
			sum += max(d, -d)
		}
		if least < 0 || sum < least {
			least, best = sum, candidate
		}
	}
	return best
}

func (l *line) sample(at int64) int { return int(l.ring[at%int64(len(l.ring))]) }

func (l *line) set(at int64, sample int) { l.ring[at%int64(len(l.ring))] = int16(sample) }
