package sender

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
)

// SchemeSubject is the scheme of NATS subjects: nats://SUBJECT.
const SchemeSubject = "nats"

const (
	maxSubject = 256
	// streamMemory is how long it is remembered which stream takes a subject.
	streamMemory = 30 * time.Second
)

// reservedTokens begin subjects that are the server's own.
var reservedTokens = []string{"j", "failures"}

// SubjectURL is the URL of messages for a NATS subject. It fails with
// fault.Invalid where the subject is none to publish to.
func SubjectURL(subject string) (string, error) {
	tokens := strings.Split(subject, ".")
	switch {
	case len(subject) == 0 || len(subject) > maxSubject:
		return "", fault.Invalid("a NATS subject has 1 to %d characters", maxSubject)
	case strings.ContainsFunc(subject, func(r rune) bool { return !strings.ContainsRune(subjectRunes, r) }):
		return "", fault.Invalid("a NATS subject for events has letters, digits, dots, hyphens and underscores only")
	case slices.Contains(tokens, ""):
		return "", fault.Invalid("a NATS subject has no empty part between its dots")
	case slices.Contains(reservedTokens, tokens[0]), strings.HasPrefix(subject, "_"):
		return "", fault.Invalid("NATS subjects that begin with %s are reserved", tokens[0])
	}
	return SchemeSubject + "://" + subject, nil
}

const subjectRunes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"

// subjects is the Sender of NATS subjects.
type subjects struct {
	js jetstream.JetStream

	mu      sync.Mutex
	streams map[string]takenBy
}

// takenBy says which stream takes a subject, "" for none.
type takenBy struct {
	stream string
	asked  time.Time
}

// NewSubjects returns the Sender for SchemeSubject. If a stream captures the
// subject, it has to acknowledge; if none does, a client has to be subscribed,
// else the outcome is 404: an event that nobody could see is not delivered. A
// nil js makes every outcome a 404.
func NewSubjects(js jetstream.JetStream) delivery.Sender {
	return &subjects{js: js, streams: map[string]takenBy{}}
}

// Send implements Sender.
func (s *subjects) Send(ctx context.Context, p delivery.Parcel) delivery.Outcome {
	m := p.First()
	u, err := url.Parse(m.URL)
	if err != nil {
		return delivery.Outcome{Err: fmt.Errorf("%w: %w", delivery.ErrNotSent, delivery.WithoutURL(err))}
	}
	if s.js == nil {
		return delivery.Outcome{Status: http.StatusNotFound, Answer: []byte("NATS clients cannot connect: events.nats is not configured")}
	}
	msg := nats.NewMsg(u.Host)
	msg.Data = p.Body()
	for name, value := range m.Header {
		msg.Header.Set(name, value)
	}
	if err := p.Prepare(ctx, msg.Header); err != nil {
		return delivery.Outcome{Err: err}
	}
	if len(p.Messages) == 1 {
		msg.Header.Set(nats.MsgIdHdr, m.Group+"/"+m.ID) // a stream keeps a repeated event once
	}
	ctx, cancel := context.WithTimeout(ctx, subjectTime)
	defer cancel()
	stream, err := s.takerOf(ctx, u.Host)
	if err != nil {
		return delivery.Outcome{Err: err}
	}
	if stream != "" {
		if _, err = s.js.PublishMsg(ctx, msg, jetstream.WithExpectStream(stream)); err == nil {
			return delivery.Outcome{Status: http.StatusOK}
		}
		s.forget(u.Host) // it may be gone, or another one
		return delivery.Outcome{Err: err}
	}
	return tellSubscribers(ctx, s.js.Conn(), msg)
}

// subjectTime is how long the NATS server may take: as long as a webhook. Its client wants
// a deadline to be in the context, which that of an attempt is without.
const subjectTime = 30 * time.Second

// takerOf finds the stream that takes a subject.
func (s *subjects) takerOf(ctx context.Context, subject string) (string, error) {
	s.mu.Lock()
	known, found := s.streams[subject]
	s.mu.Unlock()
	if found && time.Since(known.asked) < streamMemory {
		return known.stream, nil
	}
	stream, err := s.js.StreamNameBySubject(ctx, subject)
	if err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.streams) >= maxOpenSubjects {
		clear(s.streams)
	}
	s.streams[subject] = takenBy{stream, time.Now()}
	return stream, nil
}

// maxOpenSubjects bounds what is remembered.
const maxOpenSubjects = 1024

func (s *subjects) forget(subject string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.streams, subject)
}

// tellSubscribers publishes and asks the server whether anybody listens: it
// answers a message that has a reply address and no taker, before the flush.
func tellSubscribers(ctx context.Context, conn *nats.Conn, msg *nats.Msg) delivery.Outcome {
	msg.Reply = conn.NewRespInbox()
	replies, err := conn.SubscribeSync(msg.Reply)
	if err != nil {
		return delivery.Outcome{Err: err}
	}
	defer func() { _ = replies.Unsubscribe() }()
	if err := conn.PublishMsg(msg); err != nil {
		return delivery.Outcome{Err: err}
	}
	if err := conn.FlushWithContext(ctx); err != nil {
		return delivery.Outcome{Err: err}
	}
	if waiting, _, err := replies.Pending(); err == nil && waiting > 0 {
		if _, err := replies.NextMsgWithContext(ctx); errors.Is(err, nats.ErrNoResponders) {
			return delivery.Outcome{Status: http.StatusNotFound, Answer: []byte("nobody is subscribed, and no stream captures the subject")}
		}
	}
	return delivery.Outcome{Status: http.StatusOK}
}
