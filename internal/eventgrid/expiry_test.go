package eventgrid

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

func expiring(after time.Duration) func(*settingsRequest) {
	until := time.Now().Add(after).UTC().Format(time.RFC3339)
	return func(r *settingsRequest) { r.Expires = &until }
}

func TestExpiredSubscriptionGetsNothingAndIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, box := newTestGrid(t, willing(t), store.InMemory())
		g.subscribe(t, "later", to("http://127.0.0.1:3000/later", expiring(30*time.Hour)))
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", expiring(3*time.Hour)))
		g.subscribe(t, "never", to("http://127.0.0.1:3000/never"))
		synctest.Wait()
		call := incomingCalls(t)["pstn-to-number"]
		time.Sleep(3*time.Hour - time.Second)
		if n := g.IncomingCall(call); n != 3 {
			t.Errorf("%d matched a second before the end", n)
		}
		box.urls()
		time.Sleep(time.Second)
		synctest.Wait()
		if n := g.IncomingCall(call); n != 2 || g.Has("incoming") || !g.Has("later") || !g.Has("never") {
			t.Errorf("%d matched after the end", n)
		}
		// What the webhook got at the end is the notice, of what is gone.
		if got := box.urls(); len(got) != 3 || got[0] != "http://127.0.0.1:3000/events" {
			t.Errorf("posted to %v", got)
		}
		time.Sleep(30 * time.Hour)
		synctest.Wait()
		if g.Has("later") || !g.Has("never") {
			t.Error("the second one has not expired, or the third has")
		}
	})
}

// TestClockThatIsSetForwardDeletesNoSubscriptionAtOnce: an operator has an hour to set it right.
func TestClockThatIsSetForwardDeletesNoSubscriptionAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead atomic.Int64
		cfg := testConfig(willing(t))
		cfg.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		g, err := New(cfg, store.InMemory(), &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		has := func() bool { synctest.Wait(); return g.Has("right") }
		g.subscribe(t, "right", to("http://127.0.0.1:3000/events", expiring(100*time.Hour)))
		time.Sleep(90 * time.Minute)
		ahead.Store(int64(1000 * time.Hour))
		time.Sleep(80 * time.Minute) // it looks each hour
		if !has() {
			t.Error("it is deleted at once")
		}
		ahead.Store(0)
		time.Sleep(90 * time.Hour)
		if !has() {
			t.Error("it is deleted though the clock was set right")
		}
		time.Sleep(10 * time.Hour)
		if has() {
			t.Error("it is never deleted")
		}
	})
}

func TestLaterExpiryCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, _ := newTestGrid(t, willing(t), store.InMemory())
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", expiring(time.Minute)))
		synctest.Wait()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", expiring(time.Hour)))
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if !g.Has("incoming") {
			t.Fatal("it was deleted at its former time")
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if g.Has("incoming") {
			t.Error("it is still there")
		}
	})
}

func TestSubscriptionThatExpiredMeanwhileIsDeletedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := store.InMemory()
		g, _ := newTestGrid(t, willing(t), backend)
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", expiring(time.Hour)))
		synctest.Wait()
		g.Close()
		time.Sleep(2 * time.Hour)
		g, _ = newTestGrid(t, willing(t), backend)
		synctest.Wait()
		if g.Has("incoming") {
			t.Error("it is still there")
		}
		g.Close()
		if g, _ = newTestGrid(t, willing(t), backend); g.Has("incoming") {
			t.Error("it is still stored")
		}
	})
}

// stuck is records that cannot be deleted for a while.
type stuck struct {
	records
	left int
}

func (s *stuck) Delete(ctx context.Context, id string) error {
	if s.left--; s.left >= 0 {
		return errors.New("disk full")
	}
	return s.records.Delete(ctx, id)
}

func TestExpiredSubscriptionThatCannotBeDeletedIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept, err := store.NewCollection(store.InMemory(), storedSubscriptions)
		if err != nil {
			t.Fatal(err)
		}
		g, err := open(testConfig(willing(t)), &stuck{kept, 2}, &mailbox{}, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", expiring(time.Minute)))
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 0 || !g.Has("incoming") {
			t.Errorf("%d matched after the end", n)
		}
		time.Sleep(2*expiryRetry + time.Second)
		synctest.Wait()
		if g.Has("incoming") {
			t.Error("it is still there")
		}
	})
}
