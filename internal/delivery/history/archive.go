package history

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
)

// streamArchive keeps an archive in a stream of the backbone.
type streamArchive struct {
	backbone *backbone.Backbone
	name     string // of the stream
	subject  string
	keep     time.Duration
	bytes    int64

	mu     sync.Mutex // held while the stream is opened, so that it is opened once
	stream jetstream.Stream
}

// OnBackbone returns an archive in a stream of the backbone, which keeps what is
// published to the subject for that time, and so many bytes of it at most.
func OnBackbone(b *backbone.Backbone, stream, subject string, keep time.Duration, bytes int64) Archive {
	return &streamArchive{backbone: b, name: stream, subject: subject, keep: keep, bytes: bytes}
}

// attemptBytes is what an attempt takes in the archive at most as a rule: about
// 300, and the answer's first ones.
const attemptBytes = 1 << 10

// AttemptsOnBackbone returns an archive for so many attempts that the backbone
// keeps for that time.
func AttemptsOnBackbone(b *backbone.Backbone, keep time.Duration, most int) Archive {
	return OnBackbone(b, "delivery-attempts", "attempts.delivery", keep, max(int64(most)*attemptBytes, 1<<20))
}

func (a *streamArchive) open(ctx context.Context) (jetstream.Stream, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stream != nil {
		return a.stream, nil
	}
	stream, err := a.backbone.History(ctx, a.name, a.keep, a.bytes, a.subject)
	if err == nil {
		a.stream = stream
	}
	return stream, err
}

// Append implements Archive.
func (a *streamArchive) Append(ctx context.Context, block []byte) error {
	if _, err := a.open(ctx); err != nil {
		return err
	}
	_, err := a.backbone.JetStream().Publish(ctx, a.subject, block)
	return err
}

// archiveFetch blocks are asked for at once: far less than the 64 MB that the
// NATS client buffers.
const archiveFetch = 32

// Read implements Archive.
func (a *streamArchive) Read(ctx context.Context, most int, tell func([]byte) error) error {
	stream, err := a.open(ctx)
	if err != nil {
		return err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", a.name, err)
	}
	state := info.State
	if state.Msgs == 0 {
		return nil
	}
	first := state.FirstSeq
	if state.LastSeq >= uint64(most) {
		first = max(first, state.LastSeq-uint64(most)+1)
	}
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: first,
		AckPolicy: jetstream.AckNonePolicy, MemoryStorage: true, InactiveThreshold: time.Minute,
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", a.name, err)
	}
	defer stream.DeleteConsumer(context.WithoutCancel(ctx), consumer.CachedInfo().Name)
	for left := consumer.CachedInfo().NumPending; left > 0; {
		batch, err := consumer.FetchNoWait(int(min(left, archiveFetch)))
		if err != nil {
			return fmt.Errorf("read %s: %w", a.name, err)
		}
		got := uint64(0)
		for msg := range batch.Messages() {
			got++
			if err := tell(msg.Data()); err != nil {
				return err
			}
		}
		if err := batch.Error(); err != nil {
			return fmt.Errorf("read %s: %w", a.name, err)
		}
		if got == 0 {
			return nil // the rest has just become too old
		}
		left -= min(got, left)
	}
	return nil
}
