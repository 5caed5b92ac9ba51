package delivery

import (
	"encoding/binary"
)

// The extras of a message are what later versions added to its content. They
// follow the body; a reader that knows fewer of them ignores the rest.

func appendExtras(b []byte, m *Message) []byte {
	b = appendText(b, m.Batch.Key)
	b = binary.AppendUvarint(b, uint64(max(m.Batch.MaxEvents, 0)))
	b = binary.AppendUvarint(b, uint64(max(m.Batch.PreferredKB, 0)))
	for _, text := range [...]string{m.DeadLetter, m.DeadLetterReason, m.Event.Subscription, m.Event.Schema, m.Event.Type} {
		b = appendText(b, text)
	}
	b = binary.AppendVarint(b, millis(m.Event.Time))
	b = appendText(appendText(b, m.Bearer.Tenant), m.Bearer.Audience)
	b = binary.AppendUvarint(b, uint64(max(m.PerMinute, 0)))
	return appendKeys(b, m.SecretHeaders)
}

func (r *reader) extras(m *Message) {
	m.Batch.Key = string(r.bytes())
	m.Batch.MaxEvents = int(min(r.uvarint(), MaxBatchEvents))
	m.Batch.PreferredKB = int(min(r.uvarint(), MaxBatchKB))
	for _, text := range [...]*string{&m.DeadLetter, &m.DeadLetterReason, &m.Event.Subscription, &m.Event.Schema, &m.Event.Type} {
		*text = string(r.bytes())
	}
	m.Event.Time = fromMillis(r.varint())
	if len(r.rest) > 0 { // the second version ends here
		m.Bearer.Tenant, m.Bearer.Audience = string(r.bytes()), string(r.bytes())
		m.PerMinute = int(min(r.uvarint(), 1<<31-1))
	}
	if len(r.rest) > 0 { // and the third here
		m.SecretHeaders = r.keys()
	}
}
