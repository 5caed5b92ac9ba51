package delivery

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// Fields of a message in the journal (journal.FormatFields). A number is never
// given to another field.
const (
	fieldID               = 1
	fieldPolicy           = 2
	fieldGroup            = 3
	fieldLane             = 4
	fieldURL              = 5
	fieldNote             = 6
	fieldHeader           = 7 // "name:value", for each; names have no colons
	fieldSecretHeader     = 8 // a name, for each
	fieldRelease          = 9 // a key, for each
	fieldMaxAttempts      = 10
	fieldTTL              = 11 // nanoseconds
	fieldLast             = 12 // 1: yes
	fieldBody             = 13
	fieldBatchKey         = 14
	fieldBatchEvents      = 15
	fieldBatchKB          = 16
	fieldDeadLetter       = 17
	fieldDeadLetterReason = 18
	fieldSubscription     = 19
	fieldSchema           = 20
	fieldEventType        = 21
	fieldEventTime        = 22 // milliseconds since 1970
	fieldTokenTenant      = 23
	fieldTokenAudience    = 24
	fieldPerMinute        = 25
)

const maxInt = 1<<31 - 1

func encodeMessage(m *Message) []byte {
	b := journal.NewContent(256 + len(m.Body) + len(m.URL) + len(m.Group) + len(m.Lane))
	b = journal.AppendText(b, fieldID, m.ID)
	b = journal.AppendText(b, fieldPolicy, m.Policy)
	b = journal.AppendText(b, fieldGroup, m.Group)
	b = journal.AppendText(b, fieldLane, m.Lane)
	b = journal.AppendText(b, fieldURL, m.URL)
	b = journal.AppendText(b, fieldNote, m.Note)
	for name, value := range m.Header {
		b = journal.AppendPair(b, fieldHeader, name, value)
	}
	for _, name := range m.SecretHeaders {
		b = journal.AppendItem(b, fieldSecretHeader, name)
	}
	for _, key := range m.Release {
		b = journal.AppendItem(b, fieldRelease, key)
	}
	b = journal.AppendUint(b, fieldMaxAttempts, uint64(max(m.MaxAttempts, 0)))
	b = journal.AppendUint(b, fieldTTL, uint64(max(m.TTL, 0)))
	if m.Last {
		b = journal.AppendUint(b, fieldLast, 1)
	}
	b = journal.AppendText(b, fieldBatchKey, m.Batch.Key)
	b = journal.AppendUint(b, fieldBatchEvents, uint64(max(m.Batch.MaxEvents, 0)))
	b = journal.AppendUint(b, fieldBatchKB, uint64(max(m.Batch.PreferredKB, 0)))
	b = journal.AppendText(b, fieldDeadLetter, m.DeadLetter)
	b = journal.AppendText(b, fieldDeadLetterReason, m.DeadLetterReason)
	b = journal.AppendText(b, fieldSubscription, m.Event.Subscription)
	b = journal.AppendText(b, fieldSchema, m.Event.Schema)
	b = journal.AppendText(b, fieldEventType, m.Event.Type)
	if !m.Event.Time.IsZero() {
		b = journal.AppendUint(b, fieldEventTime, uint64(m.Event.Time.UnixMilli()))
	}
	b = journal.AppendText(b, fieldTokenTenant, m.Bearer.Tenant)
	b = journal.AppendText(b, fieldTokenAudience, m.Bearer.Audience)
	b = journal.AppendUint(b, fieldPerMinute, uint64(max(m.PerMinute, 0)))
	return journal.AppendText(b, fieldBody, m.Body)
}

// decode reads the content of a record in any format that was written.
func (m *Message) decode(content []byte, format int) error {
	switch *m = (Message{}); format {
	case journal.FormatPositional:
		return m.decode1(content)
	case journal.FormatFields:
		f := journal.Read(content)
		for f.Next() {
			m.decodeField(f.Field)
		}
		return f.Err()
	default:
		return fmt.Errorf("%w: a message in format %d", journal.ErrDamaged, format)
	}
}

func (m *Message) decodeField(f journal.Field) {
	if text := m.textField(f.Number); text != nil {
		*text = string(f.Bytes)
		return
	}
	switch f.Number {
	case fieldHeader:
		name, value, _ := strings.Cut(string(f.Bytes), ":")
		if m.Header == nil {
			m.Header = map[string]string{}
		}
		m.Header[name] = value
	case fieldSecretHeader:
		m.SecretHeaders = append(m.SecretHeaders, string(f.Bytes))
	case fieldRelease:
		m.Release = append(m.Release, string(f.Bytes))
	case fieldMaxAttempts:
		m.MaxAttempts = f.Int(maxInt)
	case fieldTTL:
		m.TTL = time.Duration(min(f.Uint, 1<<63-1))
	case fieldLast:
		m.Last = f.Uint == 1
	case fieldBody:
		m.Body = slices.Clone(f.Bytes)
	case fieldBatchEvents:
		m.Batch.MaxEvents = f.Int(MaxBatchEvents)
	case fieldBatchKB:
		m.Batch.PreferredKB = f.Int(MaxBatchKB)
	case fieldEventTime:
		m.Event.Time = time.UnixMilli(int64(min(f.Uint, 1<<63-1)))
	case fieldPerMinute:
		m.PerMinute = f.Int(maxInt)
	}
}

// textField is the member of a message that a field fills as it is; nil for the
// other fields.
func (m *Message) textField(number int) *string {
	switch number {
	case fieldID:
		return &m.ID
	case fieldPolicy:
		return &m.Policy
	case fieldGroup:
		return &m.Group
	case fieldLane:
		return &m.Lane
	case fieldURL:
		return &m.URL
	case fieldNote:
		return &m.Note
	case fieldBatchKey:
		return &m.Batch.Key
	case fieldDeadLetter:
		return &m.DeadLetter
	case fieldDeadLetterReason:
		return &m.DeadLetterReason
	case fieldSubscription:
		return &m.Event.Subscription
	case fieldSchema:
		return &m.Event.Schema
	case fieldEventType:
		return &m.Event.Type
	case fieldTokenTenant:
		return &m.Bearer.Tenant
	case fieldTokenAudience:
		return &m.Bearer.Audience
	}
	return nil
}
