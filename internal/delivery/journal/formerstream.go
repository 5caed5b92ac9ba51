package journal

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
)

// The stream of versions until 2026-11: a page was a message of a work queue.
const (
	formerJournal = "journal"
	formerReader  = "delivery" // its consumer; a work queue bears one only
)

// formerStream is that stream.
type formerStream struct{ backbone *backbone.Backbone }

// FormerStream is the journal that versions until 2026-11 kept in a stream of the
// embedded backbone.
func FormerStream(b *backbone.Backbone) Former { return formerStream{b} }

// Exists implements Former.
func (f formerStream) Exists(ctx context.Context) (bool, error) {
	_, err := f.backbone.JetStream().Stream(ctx, formerJournal)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Remove implements Former.
func (f formerStream) Remove(ctx context.Context) error {
	return f.backbone.JetStream().DeleteStream(ctx, formerJournal)
}

// formerTries is how often a read that makes no progress is begun anew, such
// as on a machine that starts everything at once.
const formerTries = 5

// Pages implements Former.
func (f formerStream) Pages(ctx context.Context, tell func(data []byte) error) error {
	stream, err := f.backbone.JetStream().Stream(ctx, formerJournal)
	if err != nil {
		return err
	}
	last := uint64(0)
	for tries := 1; ; tries++ {
		before := last
		err := readFormer(ctx, stream, &last, tell)
		if !errors.Is(err, jetstream.ErrNoHeartbeat) || tries == formerTries {
			return err
		}
		if last > before {
			tries = 0
		}
	}
}

// formerBatch messages are asked for at once. They must stay below the 64 MB
// that the client bears to wait, for what exceeds them is dropped.
const formerBatch = 8

// readFormer tells the messages after last and keeps last up to date.
func readFormer(ctx context.Context, stream jetstream.Stream, last *uint64, tell func([]byte) error) error {
	consumer, err := newFormerReader(ctx, stream)
	if err != nil {
		return err
	}
	for left := consumer.CachedInfo().NumPending; left > 0; {
		batch, err := consumer.Fetch(int(min(left, formerBatch)), jetstream.FetchContext(ctx))
		if err != nil {
			return err
		}
		got := uint64(0)
		for msg := range batch.Messages() {
			meta, err := msg.Metadata()
			if err != nil {
				return err
			}
			got++
			number := meta.Sequence.Stream
			if number <= *last {
				continue // told before the read was begun anew
			}
			if err := tell(msg.Data()); err != nil {
				return err
			}
			*last = number
		}
		if err := batch.Error(); err != nil {
			return err
		}
		if got == 0 {
			return fmt.Errorf("%d messages are missing", left)
		}
		left -= got
	}
	return nil
}

// newFormerReader makes the consumer anew: what the last one had been told and did not
// acknowledge would come late.
func newFormerReader(ctx context.Context, stream jetstream.Stream) (jetstream.Consumer, error) {
	err := stream.DeleteConsumer(ctx, formerReader)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, err
	}
	return stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       formerReader,
		AckPolicy:     jetstream.AckExplicitPolicy,
		MaxDeliver:    1, // none comes again, however long the reading takes: each is counted
		MaxAckPending: -1,
		MemoryStorage: true,
	})
}
