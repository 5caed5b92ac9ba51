package delivery

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// decode1 reads a message in journal.FormatPositional, which is not
// written any more. What was added to that format follows the body: a journal
// of its first days ends there.
func (m *Message) decode1(content []byte) error {
	r := journal.Reader1{Rest: content}
	for _, text := range [...]*string{&m.ID, &m.Policy, &m.Group, &m.Lane, &m.URL, &m.Note} {
		*text = string(r.Bytes())
	}
	if n := r.Count(2); n > 0 {
		m.Header = make(map[string]string, n)
		for range n {
			name := string(r.Bytes())
			m.Header[name] = string(r.Bytes())
		}
	}
	m.Release = r.Texts()
	m.MaxAttempts = int(min(r.Uvarint(), maxInt))
	m.TTL = time.Duration(r.Varint())
	m.Last = r.Byte() == 1
	m.Body = slices.Clone(r.Bytes())
	if len(r.Rest) > 0 {
		m.decodeAdditions1(&r)
	}
	return r.Err
}

// decodeAdditions1 reads what was added, in three steps.
func (m *Message) decodeAdditions1(r *journal.Reader1) {
	m.Batch.Key = string(r.Bytes())
	m.Batch.MaxEvents = int(min(r.Uvarint(), MaxBatchEvents))
	m.Batch.PreferredKB = int(min(r.Uvarint(), MaxBatchKB))
	for _, text := range [...]*string{&m.DeadLetter, &m.DeadLetterReason, &m.Event.Subscription, &m.Event.Schema, &m.Event.Type} {
		*text = string(r.Bytes())
	}
	if ms := r.Varint(); ms != 0 {
		m.Event.Time = time.UnixMilli(ms)
	}
	if len(r.Rest) > 0 {
		m.Bearer.Tenant, m.Bearer.Audience = string(r.Bytes()), string(r.Bytes())
		m.PerMinute = int(min(r.Uvarint(), maxInt))
	}
	if len(r.Rest) > 0 {
		m.SecretHeaders = r.Texts()
	}
}
