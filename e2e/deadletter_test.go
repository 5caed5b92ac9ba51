package e2e

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestUndeliverableEventIsKeptAsADeadLetter: a webhook that refuses for good, and
// the file that its event ends in.
func TestUndeliverableEventIsKeptAsADeadLetter(t *testing.T) {
	t.Parallel()
	p := start(t, setup{config: "events: {dead-letter-delay: 100ms}"})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events", "--deadletter-endpoint",
		"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acct/blobServices/default/containers/dead")
	a.do("respond", values{"path": "/events", "status": 400}, nil)
	call := dial(t, newPhone(p))
	a.incomingCall(caller)
	letter := waitForLetter(t, filepath.Join(p.data, "dead-letters", "dead", "INCOMING"))
	var events []struct {
		EventType        string
		DeadLetterReason string
		DeliveryAttempts int
		LastOutcome      string `json:"lastDeliveryOutcome"`
	}
	if err := json.Unmarshal(letter, &events); err != nil || len(events) != 1 {
		t.Fatalf("the dead letter is %s, %v", letter, err)
	}
	if e := events[0]; !strings.HasSuffix(e.EventType, "IncomingCall") || e.DeadLetterReason == "" || e.DeliveryAttempts != 1 || e.LastOutcome != "BadRequest" {
		t.Errorf("the dead letter says %+v", e)
	}
	must(t, call.Cancel(within(t, 5*time.Second)))

	a.do("respond", values{"path": "/events", "status": 200}, nil)
	p.mustRun("events", "redeliver", "--subscription", "incoming")
	a.wait("the event once more", func(e event) bool { return e.kind() == "IncomingCall" && e.Status == 200 })
}

// waitForLetter returns the first file below a directory, once there is one.
func waitForLetter(t *testing.T, dir string) (text []byte) {
	t.Helper()
	ctx := within(t, 20*time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".json") {
				text, _ = os.ReadFile(path)
			}
			return nil
		})
		if len(text) > 0 {
			return text
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("no dead letter came into %s", dir)
		}
	}
}
