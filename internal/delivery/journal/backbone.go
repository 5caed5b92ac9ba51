package journal

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/switchhook/switchhook/internal/backbone"
)

const (
	journalStream  = "journal"
	journalSubject = "j.0" // the only partition of a single server
	journalReader  = "delivery"

	// A message that is not acknowledged comes again after that long, without
	// its data. It mends acknowledgements lost with a connection.
	ackWait = 10 * time.Minute

	// Close asks the server that often how many messages are left.
	closeInterval = 2 * time.Millisecond
)

// streamStore keeps pages in a work queue of the backbone, a page a message. Its
// one consumer exists to acknowledge, which is how a work queue forgets.
type streamStore struct {
	backbone *backbone.Backbone
	stream   jetstream.Stream
	run      string // makes ids unique across processes
	consumer jetstream.Consumer
	reading  jetstream.ConsumeContext

	mu   sync.Mutex
	acks map[uint64]string // where to acknowledge what the consumer told and is not done yet
	done map[uint64]bool   // done before the consumer told
	kept map[uint64]bool   // not done
}

// OnBackbone returns the store of pages that the backbone keeps.
func OnBackbone(b *backbone.Backbone) Store {
	return &streamStore{
		backbone: b, run: uuid.NewString(),
		acks: map[uint64]string{}, done: map[uint64]bool{}, kept: map[uint64]bool{},
	}
}

// Recover implements Store. It makes the consumer anew: what the last one had
// delivered and not acknowledged would else wait for its ackWait.
func (j *streamStore) Recover(ctx context.Context, tell func(uint64, []byte) error) error {
	var err error
	if j.stream, err = j.backbone.WorkQueue(ctx, journalStream, "j.*"); err != nil {
		return err
	}
	if err := j.readAll(ctx, tell); err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if j.consumer, err = j.newConsumer(ctx, true); err != nil {
		return fmt.Errorf("follow the journal: %w", err)
	}
	if j.reading, err = j.consumer.Consume(j.learn); err != nil {
		return fmt.Errorf("follow the journal: %w", err)
	}
	return nil
}

// newConsumer makes the consumer anew; a work queue bears one only.
func (j *streamStore) newConsumer(ctx context.Context, headersOnly bool) (jetstream.Consumer, error) {
	err := j.stream.DeleteConsumer(ctx, journalReader)
	if err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, err
	}
	return j.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:       journalReader,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       ackWait,
		MaxAckPending: -1,
		MemoryStorage: true,
		HeadersOnly:   headersOnly,
	})
}

// recoverBatch messages are asked for at once. They must stay below the 64 MB
// that the client bears to wait, for what exceeds them is dropped.
const recoverBatch = 8

// recoverTries is how often a read that makes no progress is begun anew, such
// as on a machine that starts everything at once.
const recoverTries = 5

func (j *streamStore) readAll(ctx context.Context, tell func(uint64, []byte) error) error {
	last := uint64(0)
	for tries := 1; ; tries++ {
		before := last
		err := j.readFrom(ctx, &last, tell)
		if !errors.Is(err, jetstream.ErrNoHeartbeat) || tries == recoverTries {
			return err
		}
		if last > before {
			tries = 0
		}
	}
}

// readFrom tells the messages after last and keeps last up to date.
func (j *streamStore) readFrom(ctx context.Context, last *uint64, tell func(uint64, []byte) error) error {
	consumer, err := j.newConsumer(ctx, false)
	if err != nil {
		return err
	}
	for left := consumer.CachedInfo().NumPending; left > 0; {
		batch, err := consumer.Fetch(int(min(left, recoverBatch)), jetstream.FetchContext(ctx))
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
			j.kept[number] = true
			if err := tell(number, msg.Data()); err != nil {
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

// acknowledged is how a consumer is told that a message is done.
var acknowledged = []byte("+ACK")

// learn takes a message's handle from the consumer.
func (j *streamStore) learn(msg jetstream.Msg) {
	meta, err := msg.Metadata()
	if err != nil {
		return // not a message of JetStream; there is nothing to acknowledge
	}
	number := meta.Sequence.Stream
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.done[number] || meta.NumDelivered > 1 && !j.kept[number] {
		delete(j.done, number)
		_ = msg.Ack() // where it is lost, the message is told again
		return
	}
	j.acks[number] = msg.Reply() // of the message, which may wait for hours, nothing else is needed
}

// answerTimeout bounds one question to the stream, which may be on other machines.
const answerTimeout = 10 * time.Second

var errNoAnswer = errors.New("the journal did not answer in time")

// Append implements Store.
func (j *streamStore) Append(ctx context.Context, id uint64, data []byte) (uint64, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, errNoAnswer)
	defer cancel()
	ack, err := j.backbone.JetStream().Publish(ctx, journalSubject, data,
		jetstream.WithMsgID(j.run+"."+strconv.FormatUint(id, 36)))
	if err != nil {
		return 0, err
	}
	j.mu.Lock()
	j.kept[ack.Sequence] = true
	j.mu.Unlock()
	return ack.Sequence, nil
}

// Sync implements Store: an answered Append has been synced.
func (j *streamStore) Sync() error { return nil }

// Read implements Store.
func (j *streamStore) Read(ctx context.Context, number uint64) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerTimeout, errNoAnswer)
	defer cancel()
	msg, err := j.stream.GetMsg(ctx, number)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotKept
	}
	if err != nil {
		return nil, err
	}
	return msg.Data, nil
}

// Done implements Store.
func (j *streamStore) Done(number uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.kept, number)
	reply, told := j.acks[number]
	if !told {
		j.done[number] = true
		return
	}
	delete(j.acks, number)
	_ = j.backbone.JetStream().Conn().Publish(reply, acknowledged) // where it is lost, the message is told again
}

// Close implements Store. Acknowledgements are not answered, so it polls
// until the server counts no more messages than are to be kept.
func (j *streamStore) Close(ctx context.Context) error {
	if j.reading == nil {
		return nil
	}
	defer j.reading.Stop()
	poll := time.NewTicker(closeInterval)
	defer poll.Stop()
	for {
		info, err := j.consumer.Info(ctx)
		if err != nil {
			return fmt.Errorf("close the journal: %w", err)
		}
		j.mu.Lock()
		left := info.NumAckPending + int(info.NumPending) - len(j.kept)
		j.mu.Unlock()
		if left <= 0 {
			return nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("close the journal, %d messages will be repeated: %w", left, context.Cause(ctx))
		}
	}
}
