package store

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// present is a value that a bucket holds at the start.
type present struct{ jetstream.KeyValueEntry }

func (present) Key() string                     { return "a2V5" }
func (present) Revision() uint64                { return 1 }
func (present) Created() time.Time              { return time.Time{} }
func (present) Operation() jetstream.KeyValueOp { return jetstream.KeyValuePut }

// TestLargeBucketMayTakeItsTime: as long as values come, however many there are, a server with
// millions of them starts.
func TestLargeBucketMayTakeItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const values = 600
		updates, came := make(chan jetstream.KeyValueEntry, 1), 0
		go func() {
			for range values {
				time.Sleep(time.Second)
				updates <- present{}
			}
			updates <- nil
		}()
		if err := reportPresent(updates, func(change) { came++ }); err != nil || came != values {
			t.Errorf("%d values came, and then %v", came, err)
		}
		if err := reportPresent(updates, func(change) {}); err == nil {
			t.Error("a bucket that is silent opens")
		}
	})
}
