package callautomation

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/mixer"
)

// kept is a journal that keeps everything at once.
type kept struct{}

func (kept) Flush(context.Context) error               { return nil }
func (kept) Waiting(string, string) (all, there int64) { return 0, 0 }

// TestEndThatSomebodyElseBroughtMayBeAskedFor: who terminates a call that the other end has
// terminated in the same second is answered as if it were there still, once, and its own
// second terminate is not.
func TestEndThatSomebodyElseBroughtMayBeAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const resource = "11111111-2222-4333-8444-555555555555"
		log := slog.New(slog.DiscardHandler)
		engine := mixer.New(mixer.Config{GoClock: true}, log)
		defer synctest.Wait()
		defer engine.Close()
		announcer := calltest.NewAnnouncer()
		calls := call.NewRegistry(call.Config{
			Resource: resource, Numbers: calltest.Numbers{}, Announcer: announcer, Publisher: &calltest.Publisher{}, Mixes: calltest.MixesOf(engine),
		}, log)
		api := New(calls, kept{}, nil, nil)
		control := call.Control{CallbackURI: "http://app.test/callback", Version: "2026-03-12"}
		begin := func() (caller, callee string) {
			made, err := calls.Create(t.Context(), call.Create{Targets: []identifier.ID{identifier.NewUser(resource)}, Control: control})
			if err != nil {
				t.Fatal(err)
			}
			answered, err := calls.Answer(t.Context(), (<-announcer.Calls).Context, identifier.ID{}, control)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return made.ID, answered.ID
		}
		terminate := func(connection string) error {
			r := httptest.NewRequest(http.MethodPost, "/", nil)
			r.SetPathValue("callConnectionId", connection)
			w := httptest.NewRecorder()
			err := api.terminate(w, r)
			if err == nil && w.Code != http.StatusNoContent {
				t.Errorf("the answer is %d", w.Code)
			}
			return err
		}
		want := func(what string, got error, over bool) {
			t.Helper()
			if errors.Is(got, call.CallOver) != over || !over && got != nil {
				t.Errorf("%s: %v", what, got)
			}
		}

		caller, callee := begin()
		want("one end", terminate(callee), false)
		want("the same once more", terminate(callee), true)
		synctest.Wait()
		want("the other end", terminate(caller), false)
		want("the other once more", terminate(caller), true)

		caller, callee = begin()
		want("one end of another call", terminate(caller), false)
		time.Sleep(2 * time.Second)
		want("the other end after two seconds", terminate(callee), true)
		want("a connection that never was", terminate("x"), true)
	})
}
