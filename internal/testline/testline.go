// Package testline knows phone numbers elsewhere that users of this resource stand in
// for, so that somebody can try an application without a phone. It owns that list, in
// memory, bounded in number and in time. What the numbers do is package call's.
package testline

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Bounds of the list.
const (
	maxLines = 64
	// life is how long a line lives, unless it is put again.
	life = time.Hour
)

// Line is a number that a user stands in for.
type Line struct {
	Number string // with +
	User   identifier.ID
	Until  time.Time
}

// Lines are the test lines of a server. The zero value is not ready.
type Lines struct {
	byNumber *expiring.Map[string, Line]

	mu      sync.Mutex
	numbers []string // that were put, some of which may be over
}

// New returns an empty list.
func New() *Lines {
	return &Lines{byNumber: expiring.New(expiring.Config[string, Line]{TTL: life, Entries: maxLines})}
}

// Put lets a user stand in for a number, in place of who did. If there are too many
// lines, the one that would be over first makes room.
func (l *Lines) Put(number string, user identifier.ID) Line {
	now := time.Now()
	line := Line{number, user, now.Add(life)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.byNumber.Put(number, line, now)
	l.numbers = append(slices.DeleteFunc(l.numbers, func(known string) bool {
		_, alive := l.byNumber.Get(known, now)
		return !alive || known == number
	}), number)
	return line
}

// Remove ends a line. It reports whether there was one.
func (l *Lines) Remove(number string) bool {
	_, was := l.byNumber.Take(number, time.Now())
	return was
}

// User is who stands in for a number.
func (l *Lines) User(number string) (user identifier.ID, ok bool) {
	line, ok := l.byNumber.Get(number, time.Now())
	return line.User, ok
}

// List is every line, in the order of the numbers.
func (l *Lines) List() []Line {
	now := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	list := []Line{}
	for _, number := range l.numbers {
		if line, ok := l.byNumber.Get(number, now); ok {
			list = append(list, line)
		}
	}
	slices.SortFunc(list, func(a, b Line) int { return cmp.Compare(a.Number, b.Number) })
	return list
}
