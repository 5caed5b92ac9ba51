package registrar

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/store"
)

// TestRegistrationIsAcceptedOnceItIsStored: a telephone that repeats a request whose
// bindings could not be stored is told of success only when they are.
func TestRegistrationIsAcceptedOnceItIsStored(t *testing.T) {
	b, err := backbone.Open(context.Background(), backbone.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r := open(t, store.OnBackbone(b), nil)
	issue(t, r, "101", alice)
	issue(t, r, "102", alice)
	register(t, r, says("102", 1, "sip:102@10.0.0.7", time.Hour, desk))
	broken, cancel := context.WithCancel(t.Context())
	cancel()
	in, out := says("101", 1, "sip:101@10.0.0.7", time.Hour, desk), says("102", 2, "sip:102@10.0.0.7", 0, desk)
	for _, request := range []Request{in, out} {
		if _, err := r.Register(broken, request); err == nil {
			t.Fatal("nothing could be stored, and it was accepted")
		}
	}
	in.CSeq, out.CSeq = 2, 3
	register(t, r, in)
	register(t, r, out)
	next := open(t, store.OnBackbone(b), nil)
	if got := next.BindingsOfIdentity(alice); len(got) != 1 || got[0].UserName != "101" {
		t.Errorf("the next process knows %+v", got)
	}
}

// TestNewPasswordIsToldOnceItIsInForce, also if nothing can be stored from then on: nobody could register else.
func TestNewPasswordIsToldOnceItIsInForce(t *testing.T) {
	b, err := backbone.Open(context.Background(), backbone.Config{Dir: t.TempDir()}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r := open(t, store.OnBackbone(b), nil)
	issue(t, r, "101", alice)
	register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))
	before := *r.credentials["101"]
	fails, fail := context.WithCancel(t.Context())
	r.log = slog.New(failWhen{slog.DiscardHandler, "phone password replaced", fail})
	password, err := r.Reset(fails, "101", "primary")
	if inForce := r.credentials["101"].SHA256 != before.SHA256; inForce != (err == nil) || inForce != (password != "") {
		t.Errorf("in force: %t, told: %q, %v", inForce, password, err)
	}
	after := *r.credentials["101"]
	if _, err := r.Reset(fails, "101", "primary"); err == nil || *r.credentials["101"] != after {
		t.Errorf("nothing could be stored: %v", err)
	}
	if got := open(t, store.OnBackbone(b), nil).BindingsOfIdentity(alice); len(got) != 0 || len(r.BindingsOfIdentity(alice)) != 0 {
		t.Errorf("what registered with the old password is still there: %+v", got)
	}
}

// TestOldPasswordRegistersNothingAfterItsEnd: a REGISTER that was checked before, and waits while the password is
// replaced, would receive the user's calls for an hour.
func TestOldPasswordRegistersNothingAfterItsEnd(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	in := says("101", 1, "sip:101@10.0.0.7", time.Hour, desk)
	in.As, _ = r.Find("101")
	if _, err := r.Reset(t.Context(), "101", "primary"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Register(t.Context(), in); !errors.Is(err, ErrReplaced) || len(r.BindingsOfIdentity(alice)) != 0 {
		t.Errorf("%v, and registered are %+v", err, r.BindingsOfIdentity(alice))
	}
	in.As, _ = r.Find("101")
	register(t, r, in)
}

// failWhen has everything fail from a line of the log on.
type failWhen struct {
	slog.Handler
	message string
	fail    context.CancelFunc
}

func (h failWhen) Enabled(context.Context, slog.Level) bool { return true }

func (h failWhen) Handle(_ context.Context, line slog.Record) error {
	if line.Message == h.message {
		h.fail()
	}
	return nil
}
