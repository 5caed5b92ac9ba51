package delivery

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"
)

// A page, one message of the journal, is a version byte and its lines. A line
// is a head, which changes from one writing to the next, and a content, which
// does not. Numbers are varints; texts have their length before them.
const pageVersion = 1

var errDamaged = errors.New("journal page is damaged")

// line is one record in a page.
type line struct {
	kind     kind
	seq      uint64
	attempts int
	posted   time.Time
	due      time.Time // of the next attempt, after the first
	first    time.Time // start of the first attempt, if any
	content  []byte
}

func appendLine(b []byte, l line) []byte {
	b = append(b, byte(l.kind))
	b = binary.AppendUvarint(b, l.seq)
	b = binary.AppendUvarint(b, uint64(l.attempts))
	for _, t := range [...]time.Time{l.posted, l.due, l.first} {
		b = binary.AppendVarint(b, millis(t))
	}
	return appendText(b, l.content)
}

// millis keeps the zero time zero.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

func appendText[T string | []byte](b []byte, text T) []byte {
	b = binary.AppendUvarint(b, uint64(len(text)))
	return append(b, text...)
}

// readPage tells each line of a page. Their contents share its memory.
func readPage(page []byte, tell func(line) error) error {
	if len(page) == 0 || page[0] != pageVersion {
		return fmt.Errorf("%w, or of a newer version", errDamaged)
	}
	r := reader{rest: page[1:]}
	for len(r.rest) > 0 {
		l := line{kind: kind(r.rest[0])}
		r.rest = r.rest[1:]
		l.seq = r.uvarint()
		l.attempts = int(min(r.uvarint(), 1<<31-1))
		l.posted, l.due, l.first = fromMillis(r.varint()), fromMillis(r.varint()), fromMillis(r.varint())
		l.content = r.bytes()
		if r.err != nil {
			return r.err
		}
		if err := tell(l); err != nil {
			return err
		}
	}
	return nil
}

func encodeMessage(m *Message) []byte {
	b := make([]byte, 0, 256+len(m.Body)+len(m.URL)+len(m.Group)+len(m.Lane))
	for _, text := range [...]string{m.ID, m.Policy, m.Group, m.Lane, m.URL, m.Note} {
		b = appendText(b, text)
	}
	b = binary.AppendUvarint(b, uint64(len(m.Header)))
	for name, value := range m.Header {
		b = appendText(appendText(b, name), value)
	}
	b = appendKeys(b, m.Release)
	b = binary.AppendUvarint(b, uint64(max(m.MaxAttempts, 0)))
	b = binary.AppendVarint(b, int64(m.TTL))
	last := byte(0)
	if m.Last {
		last = 1
	}
	b = appendText(append(b, last), m.Body)
	return appendExtras(b, m)
}

func decodeMessage(content []byte) (Message, error) {
	r := reader{rest: content}
	var m Message
	for _, text := range [...]*string{&m.ID, &m.Policy, &m.Group, &m.Lane, &m.URL, &m.Note} {
		*text = string(r.bytes())
	}
	if n := r.count(2); n > 0 {
		m.Header = make(map[string]string, n)
		for range n {
			name := string(r.bytes())
			m.Header[name] = string(r.bytes())
		}
	}
	m.Release = r.keys()
	m.MaxAttempts = int(min(r.uvarint(), 1<<31-1))
	m.TTL = time.Duration(r.varint())
	m.Last = r.byte() == 1
	m.Body = slices.Clone(r.bytes())
	if len(r.rest) > 0 { // a journal of the first version ends here
		r.extras(&m)
	}
	return m, r.err
}

func appendKeys(b []byte, keys []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(keys)))
	for _, key := range keys {
		b = appendText(b, key)
	}
	return b
}

func decodeKeys(content []byte) ([]string, error) {
	r := reader{rest: content}
	keys := r.keys()
	return keys, r.err
}

func encodeHold(key string, body []byte) []byte {
	return appendText(appendText(make([]byte, 0, len(key)+len(body)+8), key), body)
}

func decodeHold(content []byte) (key string, body []byte, err error) {
	r := reader{rest: content}
	key = string(r.bytes())
	return key, slices.Clone(r.bytes()), r.err
}

// reader takes values from the front; after a failure it gives zeros.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) byte() byte {
	if len(r.rest) == 0 {
		r.fail()
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

func (r *reader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail()
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// count reads how many things of at least size bytes follow.
func (r *reader) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) keys() []string {
	var keys []string
	for range r.count(1) {
		keys = append(keys, string(r.bytes()))
	}
	return keys
}

func (r *reader) fail() { r.rest, r.err = nil, errDamaged }
