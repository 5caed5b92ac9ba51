package audio

import "sync"

// maxKept bounds what a Common keeps.
const maxKept = 4

// Common is what all those in a mix hear who say nothing themselves. A mix has one. Ports
// keep there what they make of its frames once for all of them, such as an encoder.
type Common struct {
	mu   sync.Mutex // held around memory
	kept map[any]any
}

// Keep returns what is kept under a key, or keeps what made makes; false where too much is
// kept already. It is not for shards.
func (c *Common) Keep(key any, made func() any) (kept any, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kept, ok := c.kept[key]; ok {
		return kept, true
	}
	if len(c.kept) >= maxKept {
		return nil, false
	}
	if c.kept == nil {
		c.kept = make(map[any]any)
	}
	kept = made()
	c.kept[key] = kept
	return kept, true
}

// CommonSink is a Sink that is told which of its frames are those of a Common. In one
// tick all who are told of it are given the same frame; nil is silence.
type CommonSink interface {
	Sink
	WriteCommon(f Frame, of *Common, at Tick)
}
