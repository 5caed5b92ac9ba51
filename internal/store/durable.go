package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/fault"
)

// OnBackbone returns the backend whose writes are on disk when they return.
func OnBackbone(b *backbone.Backbone) Backend { return durable{b} }

type durable struct{ backbone *backbone.Backbone }

func (d durable) open(ctx context.Context, name string, ttl time.Duration) (bucket, error) {
	kv, err := d.backbone.Bucket(ctx, name, ttl)
	if err != nil {
		return nil, err
	}
	return kvBucket{kv, d.backbone.Storing}, nil
}

type kvBucket struct {
	kv      jetstream.KeyValue
	storing func() context.Context // done while nothing can be written
}

// write lets a change be made. Where nothing can be written it fails at once: the NATS
// server does not answer then.
func (b kvBucket) write(ctx context.Context, change func(context.Context) error) error {
	storing := b.storing()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(storing, cancel)()
	err := storing.Err()
	if err == nil {
		err = change(ctx)
	}
	if err != nil && storing.Err() != nil {
		return fault.NotStored(nil)
	}
	return conflict(err)
}

func (b kvBucket) get(ctx context.Context, key string) (entry, error) {
	e, err := b.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return entry{}, errNoKey
	}
	if err != nil {
		return entry{}, err
	}
	return entry{value: e.Value(), revision: e.Revision(), written: e.Created()}, nil
}

func (b kvBucket) put(ctx context.Context, key string, value []byte) (revision uint64, err error) {
	err = b.write(ctx, func(ctx context.Context) (err error) {
		revision, err = b.kv.Put(ctx, key, value)
		return err
	})
	return revision, err
}

func (b kvBucket) swap(ctx context.Context, key string, value []byte, before uint64) (revision uint64, err error) {
	err = b.write(ctx, func(ctx context.Context) (err error) {
		if before == 0 {
			revision, err = b.kv.Create(ctx, key, value)
		} else {
			revision, err = b.kv.Update(ctx, key, value, before)
		}
		return err
	})
	return revision, err
}

func (b kvBucket) remove(ctx context.Context, key string, revision uint64) error {
	return b.write(ctx, func(ctx context.Context) error {
		return b.kv.Purge(ctx, key, jetstream.LastRevision(revision), jetstream.PurgeTTL(backbone.MarkerTTL))
	})
}

// conflict turns "wrong last sequence" into errRevision.
func conflict(err error) error {
	var refused *jetstream.APIError
	if errors.Is(err, jetstream.ErrKeyExists) ||
		errors.As(err, &refused) && refused.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return errRevision
	}
	return err
}

func (b kvBucket) watch(ctx context.Context, report func(change)) (func(), error) {
	life, cancel := context.WithCancel(context.WithoutCancel(ctx)) // the watch outlives the opening
	w, err := b.kv.WatchAll(life, jetstream.MetaOnly())
	if err != nil {
		cancel()
		return nil, fmt.Errorf("watch %s: %w", b.kv.Bucket(), err)
	}
	updates := w.Updates()
	if err := reportPresent(updates, report); err != nil {
		cancel()
		return nil, fmt.Errorf("read the keys of %s: %w", b.kv.Bucket(), err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for e := range updates { // ends with the watcher, or with the connection
			if e != nil {
				report(changeOf(e))
			}
		}
	}()
	return func() {
		_ = w.Stop() // fails only where the connection is gone already
		cancel()
		<-done
	}, nil
}

// reportPresent reports what the bucket holds; a nil entry marks its end. Millions of values
// take minutes: it fails where none comes for openTimeout.
func reportPresent(updates <-chan jetstream.KeyValueEntry, report func(change)) error {
	silence := time.NewTimer(openTimeout)
	defer silence.Stop()
	for {
		select {
		case e, open := <-updates:
			if !open {
				return errors.New("the connection was closed")
			}
			if e == nil {
				return nil
			}
			report(changeOf(e))
			silence.Reset(openTimeout)
		case <-silence.C:
			return fmt.Errorf("nothing came for %v", openTimeout)
		}
	}
}

func changeOf(e jetstream.KeyValueEntry) change {
	return change{
		key: e.Key(), revision: e.Revision(), written: e.Created(),
		removed: e.Operation() != jetstream.KeyValuePut,
	}
}
