package backbone

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// History returns the stream of that name, made if it does not exist: kept in
// files, each message for the given time, and the newest that fit into bytes.
func (b *Backbone) History(ctx context.Context, name string, keep time.Duration, bytes int64, subjects ...string) (jetstream.Stream, error) {
	stream, err := b.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:       name,
		Subjects:   subjects,
		Retention:  jetstream.LimitsPolicy,
		Storage:    jetstream.FileStorage,
		Discard:    jetstream.DiscardOld,
		MaxAge:     keep,
		MaxBytes:   bytes,
		MaxMsgSize: MaxMessage,
	})
	if err != nil {
		return nil, fmt.Errorf("open stream %s: %w", name, err)
	}
	return stream, nil
}

// MarkerTTL is how long a bucket remembers that a key was deleted, for those
// who watch it.
const MarkerTTL = time.Hour

// Bucket returns the key-value bucket of that name, made if it does not exist.
// With a ttl, values vanish that long after they were written; 0 keeps them.
func (b *Backbone) Bucket(ctx context.Context, name string, ttl time.Duration) (jetstream.KeyValue, error) {
	bucket, err := b.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket:       name,
		History:      1,
		TTL:          ttl,
		Storage:      jetstream.FileStorage,
		MaxValueSize: MaxMessage,

		LimitMarkerTTL: MarkerTTL,
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	return bucket, nil
}
