package eventgrid

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/store"
)

// fullDisk is records of which writes fail from some moment on.
type fullDisk struct {
	records
	full bool
}

var errFull = errors.New("no space left on device")

func (d *fullDisk) Put(ctx context.Context, id string, sub Subscription) error {
	if d.full {
		return errFull
	}
	return d.records.Put(ctx, id, sub)
}

func (d *fullDisk) Delete(ctx context.Context, id string) error {
	if d.full {
		return errFull
	}
	return d.records.Delete(ctx, id)
}

func TestWhatCannotBeStoredIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept, err := store.NewCollection(store.InMemory(), storedSubscriptions)
		if err != nil {
			t.Fatal(err)
		}
		disk := &fullDisk{records: kept}
		box := &mailbox{}
		g, err := open(testConfig(willing(t)), disk, box, quiet())
		if err != nil {
			t.Fatal(err)
		}
		defer g.Close()
		g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events"))
		synctest.Wait()

		disk.full = true
		want := func(*Settings) (Settings, error) { return to("http://127.0.0.1:3000/other").settings(g.rules()) }
		for _, name := range []string{"incoming", "another"} {
			if _, err := g.put(name, want); !errors.Is(err, errFull) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := g.remove("incoming"); !errors.Is(err, errFull) || len(box.dropped) != 0 {
			t.Errorf("deleted: %v, dropped %v", err, box.dropped)
		}
		synctest.Wait()
		g.IncomingCall(incomingCalls(t)["pstn-to-number"])
		if got := box.urls(); len(got) != 1 || got[0] != "http://127.0.0.1:3000/events" {
			t.Errorf("posted to %v", got)
		}
	})
}
