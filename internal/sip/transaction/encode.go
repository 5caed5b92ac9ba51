package transaction

import (
	"bytes"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// text is bytes that a message is written into.
type text []byte

var texts = sync.Pool{New: func() any { t := make(text, 0, 2048); return &t }}

// Encode writes a message as it goes on the wire.
func Encode(message sip.Message) []byte {
	t := texts.Get().(*text)
	*t = (*t)[:0]
	switch m := message.(type) {
	case *sip.Request:
		t.add(string(m.Method), " ")
		t.uri(&m.Recipient)
		t.add(" ", m.SipVersion, "\r\n")
		t.finish(&m.MessageData)
	case *sip.Response:
		t.add(m.SipVersion, " ")
		t.number(uint64(m.StatusCode))
		t.add(" ", m.Reason, "\r\n")
		t.finish(&m.MessageData)
	}
	encoded := bytes.Clone(*t)
	texts.Put(t)
	return encoded
}

// finish writes what follows the first line.
func (t *text) finish(m *sip.MessageData) {
	for _, field := range m.Headers() {
		t.field(field)
	}
	t.add("\r\n")
	*t = append(*t, m.Body()...)
}
