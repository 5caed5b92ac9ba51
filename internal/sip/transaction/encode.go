package transaction

import (
	"bytes"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// text is bytes that a message is written into.
type text []byte

// WriteString appends.
func (t *text) WriteString(s string) (int, error) {
	*t = append(*t, s...)
	return len(s), nil
}

var texts = sync.Pool{New: func() any { t := make(text, 0, 2048); return &t }}

// Encode writes a message as it goes on the wire.
func Encode(message sip.Message) []byte {
	t := texts.Get().(*text)
	*t = (*t)[:0]
	switch m := message.(type) { // what StringWrite does, without a copy of the body
	case *sip.Request:
		m.StartLineWrite(t)
		t.finish(&m.MessageData)
	case *sip.Response:
		m.StartLineWrite(t)
		t.finish(&m.MessageData)
	default:
		m.StringWrite(t)
	}
	encoded := bytes.Clone(*t)
	texts.Put(t)
	return encoded
}

// finish writes what follows the first line.
func (t *text) finish(m *sip.MessageData) {
	t.WriteString("\r\n")
	m.StringWrite(t)
	t.WriteString("\r\n")
	*t = append(*t, m.Body()...)
}
