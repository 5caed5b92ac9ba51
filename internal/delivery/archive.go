package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
)

const (
	archiveStream  = "delivery-failures"
	archiveSubject = "failures.delivery"
	archiveBytes   = 64 << 20
)

// streamArchive keeps the archive in a stream of the backbone.
type streamArchive struct {
	backbone *backbone.Backbone
	keep     time.Duration
	once     sync.Mutex
	stream   jetstream.Stream
}

// FailuresOnBackbone returns an archive for the failure log that the backbone
// keeps for that time, and 64 MB of it at most.
func FailuresOnBackbone(b *backbone.Backbone, keep time.Duration) Archive {
	return &streamArchive{backbone: b, keep: keep}
}

func (a *streamArchive) open(ctx context.Context) (jetstream.Stream, error) {
	a.once.Lock()
	defer a.once.Unlock()
	if a.stream != nil {
		return a.stream, nil
	}
	stream, err := a.backbone.History(ctx, archiveStream, a.keep, archiveBytes, archiveSubject)
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
	_, err := a.backbone.JetStream().Publish(ctx, archiveSubject, block)
	return err
}

// Read implements Archive.
func (a *streamArchive) Read(ctx context.Context, tell func([]byte) error) error {
	stream, err := a.open(ctx)
	if err != nil {
		return err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", archiveStream, err)
	}
	for number := info.State.FirstSeq; number <= info.State.LastSeq && info.State.Msgs > 0; number++ {
		msg, err := stream.GetMsg(ctx, number)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue // it has just become too old
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", archiveStream, err)
		}
		if err := tell(msg.Data); err != nil {
			return err
		}
	}
	return nil
}
