package delivery

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// stores are where the journal can be kept: tests of crashes and faults run on each.
var stores = []string{"single server", "cluster"}

// storeKind names one of them to a child process.
const storeKind = "DELIVERY_TEST_STORE"

// openStore opens a journal's store in a directory. The engine is stopped before end.
func openStore(kind, dir string) (store journal.Store, end func(), err error) {
	if kind == "single server" {
		return journal.OnDisk(filepath.Join(dir, "journal"), nil, quiet()), func() {}, nil
	}
	b, err := backbone.Open(context.Background(), backbone.Config{Dir: dir}, quiet())
	if err != nil {
		return nil, nil, err
	}
	return journal.OnBackbone(b), b.Close, nil
}

// openOwnStore opens the one that this process was started with.
func openOwnStore(dir string) (journal.Store, func(), error) {
	return openStore(os.Getenv(storeKind), dir)
}

// onDisk is the store of a single server.
func onDisk(t testing.TB, dir string) journal.Store {
	t.Helper()
	store, _, err := openStore("single server", dir)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// onEachStore runs a test with each kind, which its child processes inherit.
func onEachStore(t *testing.T, test func(t *testing.T)) {
	for _, kind := range stores {
		t.Run(kind, func(t *testing.T) {
			t.Setenv(storeKind, kind)
			test(t)
		})
	}
}
