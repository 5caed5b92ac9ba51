package call

import (
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// What requests want played and recognised is kept until their operations end. It has
// bounds, in bytes: a request has up to a megabyte, and a thousand of them may wait.
const (
	maxKept      = 8 << 20   // of a connection
	maxKeptByAll = 256 << 20 // of all connections, beyond which each has
	leastKept    = 64 << 10
)

// roomToKeep refuses work that would keep too much. What it interrupts makes room for it.
func (c *Connection) roomToKeep(w work, interrupted []*operation) error {
	more := w.size
	for _, op := range interrupted {
		more -= op.size
	}
	mine, all := c.kept+more, c.call.registry.kept.Load()+int64(more)
	switch {
	case more <= 0:
		return nil
	case mine > maxKept:
		return fault.Throttled(5*time.Second, "The media operations of the connection that go on or wait keep %d bytes, at most %d are possible.", c.kept, maxKept).WithCode("8516")
	case mine > leastKept && all > maxKeptByAll:
		return fault.Throttled(5*time.Second, "The media operations of all calls keep %d bytes, at most %d are possible.", all-int64(more), maxKeptByAll).WithCode("8516")
	}
	return nil
}

// keeps counts what an operation keeps, from its acceptance to its end (below zero).
func (c *Connection) keeps(bytes int) {
	c.kept += bytes
	c.call.registry.kept.Add(int64(bytes))
}

// sizeOf is how many bytes prompts keep.
func sizeOf(prompts []Prompt) (n int) {
	for _, p := range prompts {
		switch p := p.(type) {
		case File:
			n += len(p.URI) + len(p.CacheID)
		case Text:
			n += len(p.Text) + len(p.Voice) + len(p.CustomVoice) + len(p.CacheID)
		case SSML:
			n += len(p.SSML) + len(p.CustomVoice) + len(p.CacheID)
		}
	}
	return n
}

// size is how many bytes a context keeps.
func (c Context) size() int { return len(c.Operation) + len(c.CallbackURI) }

// size is how many bytes a recognition keeps.
func (r Recognize) size() int {
	n := r.Context.size() + sizeOf(r.Prompts) + len(r.StopTones) + len(r.Model)
	for _, choice := range r.Choices {
		n += len(choice.Label)
		for _, phrase := range choice.Phrases {
			n += len(phrase)
		}
	}
	return n
}
