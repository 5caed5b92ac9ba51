package deadletter

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/journal"
	"github.com/switchhook/switchhook/internal/storage"
	"github.com/switchhook/switchhook/internal/storage/azuritetest"
)

// onAzurite returns a box whose only account is a running emulator, with the
// container "letters".
func onAzurite(t *testing.T, cfg Config) *Box {
	t.Helper()
	account, err := storage.ParseAccount(azuritetest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	cfg.Accounts = func(name string) (storage.Account, bool) { return account, name == account.Name }
	azuritetest.MakeContainer(t, account.BlobEndpoint, "letters")
	return New(cfg)
}

func TestDeadLetterReachesAzureBlob(t *testing.T) {
	b := onAzurite(t, Config{Delay: -1})
	e := start(t, b, journal.InMemory(), answering(400))
	address := BlobURL(azuritetest.Account, "letters")
	e.Post(event("1", "http://app.test/", address))
	if err := e.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := b.open(address)
	if err != nil {
		t.Fatal(err)
	}
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	var files []string
	for tries := 0; len(files) == 0; tries++ {
		if tries == 500 {
			t.Fatalf("no dead letter; attempts %+v", e.Attempts(history.Filter{}, 10))
		}
		<-look.C
		files = filesIn(t, s, "INCOMING/")
	}
	data, err := read(t.Context(), s, files[0])
	if err != nil {
		t.Fatal(err)
	}
	var letters []map[string]any
	if err := json.Unmarshal(data, &letters); err != nil || len(letters) != 1 || letters[0]["deadLetterReason"] != "UndeliverableDueToHttpBadRequest" {
		t.Errorf("%s holds %s, %v", files[0], data, err)
	}
	if want := "INCOMING/" + time.Now().UTC().Format("2006/1/2/"); !strings.HasPrefix(files[0], want) {
		t.Errorf("it is %s", files[0])
	}
}

func TestMissingContainerDropsTheDeadLetter(t *testing.T) {
	b := onAzurite(t, Config{Delay: -1})
	e := start(t, b, journal.InMemory(), answering(400))
	e.Post(event("1", "http://app.test/", BlobURL(azuritetest.Account, "missing")))
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for tries := 0; ; tries++ {
		<-look.C
		a := e.Attempts(history.Filter{Policy: PolicyName}, 1)
		if len(a) == 1 {
			if a[0].Result != history.Failed || a[0].Status != 404 || !strings.Contains(a[0].Answer, "ContainerNotFound") {
				t.Errorf("its end: %+v", a[0])
			}
			return
		}
		if tries == 500 {
			t.Fatal("the dead letter has no end")
		}
	}
}
