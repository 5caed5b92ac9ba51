package deadletter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/storage"
)

// maxFile bounds what is read of one file, in bytes: a batch of dead letters
// is about 1 MB, a single one at most delivery.MaxBody.
const maxFile = 2 * delivery.MaxBody

// writeTimeout bounds the wait for dead letters on their way to a store, which
// may not answer for hours.
const writeTimeout = 10 * time.Second

// Engine is what resending needs of a delivery engine.
type Engine interface {
	Offer(messages ...delivery.Message) error
	Flush(ctx context.Context) error
	RetryNow(group string) int
	Await(ctx context.Context, group string) error
}

// Resend delivers the dead letters of a subscription once more, limit at least
// if there are as many: files are taken whole. Address makes the message of an
// event without the dead letter's properties. A file is removed when its events
// are in the journal. Dead letters that still wait to be written are written
// first, as far as that is done within writeTimeout. It returns how many events
// were posted, also with an error.
func (b *Box) Resend(ctx context.Context, engine Engine, address, subscription string, limit int,
	message func(event json.RawMessage) (delivery.Message, error)) (int, error) {
	from, err := b.open(address)
	if err != nil {
		return 0, err
	}
	if engine.RetryNow(Group(subscription)) > 0 {
		patience, cancel := context.WithTimeout(ctx, writeTimeout)
		_ = engine.Await(patience, Group(subscription)) // those that cannot be written stay for another time
		cancel()
		if ctx.Err() != nil {
			return 0, fmt.Errorf("dead letters that are not written yet: %w", context.Cause(ctx))
		}
	}
	sent := 0
	var damaged error
	for file, err := range storage.Walk(ctx, from, prefixOf(subscription)) {
		if err != nil {
			return sent, fmt.Errorf("list the dead letters of %s: %w", subscription, err)
		}
		if sent >= limit {
			break
		}
		n, err := resendFile(ctx, engine, from, file.Name, message)
		sent += n
		if errors.Is(err, errNotLetters) {
			damaged = errors.Join(damaged, err) // the others are none the worse for it
			continue
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, damaged
}

var errNotLetters = errors.New("it does not hold dead letters")

func resendFile(ctx context.Context, engine Engine, from storage.Container, file string, message func(json.RawMessage) (delivery.Message, error)) (int, error) {
	data, err := read(ctx, from, file)
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", file, err)
	}
	var letters []json.RawMessage
	if err := json.Unmarshal(data, &letters); err != nil {
		return 0, fmt.Errorf("%s: %w: %w", file, errNotLetters, err)
	}
	messages := make([]delivery.Message, 0, len(letters))
	for _, l := range letters {
		event, err := withoutAdded(l)
		if err != nil {
			return 0, fmt.Errorf("%s: %w: %w", file, errNotLetters, err)
		}
		m, err := message(event)
		if err != nil {
			return 0, fmt.Errorf("address an event of %s: %w", file, err)
		}
		messages = append(messages, m)
	}
	if err := engine.Offer(messages...); err != nil {
		return 0, err
	}
	if err := engine.Flush(ctx); err != nil {
		return 0, fmt.Errorf("resend %s: %w", file, err)
	}
	if err := from.Remove(ctx, file); err != nil {
		return len(messages), fmt.Errorf("its events are resent, but %s is still there: %w", file, err)
	}
	return len(messages), nil
}

func read(ctx context.Context, from storage.Container, name string) ([]byte, error) {
	file, err := from.Get(ctx, name, 0, maxFile)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}
