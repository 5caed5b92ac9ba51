package call_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestCallsThatNobodyIsToldOfAreFewLines: the first of each kind is one at once, the others are
// counted by the next, a minute later.
func TestCallsThatNobodyIsToldOfAreFewLines(t *testing.T) {
	run(t, func(w *world) {
		var log bytes.Buffer
		w.announcer.Listeners = 0
		w.Registry = call.NewRegistry(w.config, slog.New(slog.NewTextHandler(&log, nil)))
		calls := func(n int) {
			for range n {
				if _, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, calltest.Inbound()); err == nil {
					t.Error("a call is taken that nobody hears of")
				}
				w.create(identifier.NewUser(resource))
			}
		}
		calls(50)
		time.Sleep(time.Minute)
		calls(1)
		time.Sleep(time.Minute) // nobody answers
		synctest.Wait()
		for _, fact := range []string{"call dropped: no subscription takes it", "nobody is told of the call: no subscription takes it"} {
			var since []string
			for line := range strings.Lines(log.String()) {
				if strings.Contains(line, fact) {
					since = append(since, strings.TrimSpace(line[strings.Index(line, "since_last_warning"):]))
				}
			}
			if len(since) != 2 || since[0] != "since_last_warning=1" || since[1] != "since_last_warning=50" {
				t.Errorf("%s: %v", fact, since)
			}
		}
	})
}
