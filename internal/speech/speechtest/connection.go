package speechtest

import (
	"encoding/binary"
	"encoding/json"
	"net"
	"strings"
	"time"

	"github.com/gobwas/ws/wsutil"
)

// connection is one client.
type connection struct {
	s     *Service
	conn  net.Conn
	fault Fault
}

// wrong fails the test.
func (c *connection) wrong(format string, args ...any) {
	c.s.t.Errorf(c.s.vendor+": "+format, args...)
}

// words are what is understood of the present utterance.
func (c *connection) words(samples []int16, rate int) (found []word) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if c.s.script == nil {
		return understand(samples, rate)
	}
	if n := len(c.s.heard); n < len(c.s.script) {
		const each = 300 * time.Millisecond
		for i, text := range c.s.script[n] {
			if start := time.Duration(i) * each; start+each <= durationOf(len(samples), rate) {
				found = append(found, word{text, start, start + each})
			}
		}
	}
	return found
}

// finished notes an utterance.
func (c *connection) finished(text string) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	c.s.heard = append(c.s.heard, text)
}

// text sends a message, or what takes its place.
func (c *connection) text(message string) {
	if c.fault.Instead != nil {
		message = string(c.fault.Instead)
	}
	_ = wsutil.WriteServerText(c.conn, []byte(message))
}

// json sends a message.
func (c *connection) json(what any) {
	text, _ := json.Marshal(what)
	c.text(string(text))
}

// samplesOf reads 16-bit little-endian.
func samplesOf(pcm []byte) []int16 {
	samples := make([]int16, len(pcm)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:]))
	}
	return samples
}

type object = map[string]any

// want fails the test where values differ.
func (c *connection) want(what, got, want string) {
	if got != want && !strings.EqualFold(got, want) {
		c.wrong("%s is %q, not %q", what, got, want)
	}
}
