package registrar

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

const resource = "11111111-2222-4333-8444-555555555555"

var (
	alice = identifier.User(resource, "0000000a-1b2c-3d4e-5f60-718293a4b5c6")
	bob   = identifier.User(resource, "0000000b-1b2c-3d4e-5f60-718293a4b5c6")
	desk  = Flow{"UDP", netip.MustParseAddrPort("198.51.100.7:5062")}
	wire  = Flow{"TCP", netip.MustParseAddrPort("198.51.100.7:40001")}
)

// open makes a registrar on a store of its own; its log goes to out.
func open(t *testing.T, on store.Backend, out *bytes.Buffer) *Registrar {
	t.Helper()
	if out == nil {
		out = &bytes.Buffer{}
	}
	r, err := New(t.Context(), Config{Store: on, Realm: "Switchhook", Log: slog.New(slog.NewTextHandler(out, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// issue makes a credential.
func issue(t *testing.T, r *Registrar, name string, id identifier.ID) (password string) {
	t.Helper()
	_, password, err := r.Issue(t.Context(), Credential{UserName: name, Identity: id})
	if err != nil {
		t.Fatal(err)
	}
	return password
}

// says is a registration of one contact.
func says(name string, cseq uint32, contact string, expires time.Duration, over Flow) Request {
	return Request{UserName: name, CallID: "c1", CSeq: cseq, Flow: over, UserAgent: "desk 1.0", Contacts: []Contact{{URI: contact, Expires: expires}}}
}

func register(t *testing.T, r *Registrar, in Request) []Binding {
	t.Helper()
	bindings, err := r.Register(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return bindings
}

func TestCredentialsAreKeptAsHashesAndShownOnce(t *testing.T) {
	var log bytes.Buffer
	r := open(t, store.InMemory(), &log)
	password := issue(t, r, "101", alice)
	c, known := r.credentials["101"]
	if !known || len(password) != 20 || strings.Contains(fmt.Sprint(*c), password) {
		t.Fatalf("password %q, kept %+v", password, c)
	}
	for algorithm, length := range map[string]int{"MD5": 32, "SHA-256": 64, "": 32} {
		if secret, ok := r.Secret("101", algorithm); !ok || len(secret) != length {
			t.Errorf("%s: %q, %t", algorithm, secret, ok)
		}
	}
	before, _ := r.Secret("101", "MD5")
	register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Minute, desk))
	again, err := r.Reset(t.Context(), "101", "primary")
	if after, _ := r.Secret("101", "MD5"); err != nil || again == password || after == before || len(r.AllBindings()) != 0 {
		t.Errorf("reset: %v; the phones %v", err, r.AllBindings())
	}
	for _, secret := range []string{password, again, before} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("a secret is in the log: %s", log.String())
		}
	}
}

func TestUserNamesArePlainAndNoNumbers(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "taken", alice)
	for name, kind := range map[string]fault.Kind{
		"1": fault.KindInvalid, "a b": fault.KindInvalid, "+15550100001": fault.KindInvalid, "15550100001": fault.KindInvalid,
		"112": fault.KindInvalid, strings.Repeat("a", 33): fault.KindInvalid, "a@b": fault.KindInvalid, "taken": fault.KindConflict,
	} {
		if _, _, err := r.Issue(t.Context(), Credential{UserName: name, Identity: bob}); fault.Of(err) == nil || fault.Of(err).Kind != kind {
			t.Errorf("%q: %v", name, err)
		}
	}
	made, _, err := r.Issue(t.Context(), Credential{Identity: bob})
	if err != nil || len(made.UserName) != 6 {
		t.Errorf("drawn name: %+v, %v", made, err)
	}
}

func TestCredentialsAreBounded(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	r.cfg.MaxCredentials = maxPerIdentity + 1
	for i := range maxPerIdentity {
		issue(t, r, fmt.Sprintf("a%d", i), alice)
	}
	if _, _, err := r.Issue(t.Context(), Credential{Identity: alice}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("one too many of an identity: %v", err)
	}
	issue(t, r, "b1", bob)
	if _, _, err := r.Issue(t.Context(), Credential{Identity: bob}); !fault.Is(err, fault.KindConflict) {
		t.Errorf("one too many of all: %v", err)
	}
	if err := r.Remove(t.Context(), "a0"); err != nil {
		t.Fatal(err)
	}
	issue(t, r, "a10", alice)
}

func TestRegistrationsFollowTheRules(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(*Registrar) (Request, error)
		left string // contacts after it
	}{
		{"renewed", func(*Registrar) (Request, error) {
			return says("101", 2, "sip:101@10.0.0.7", time.Hour, desk), nil
		}, "sip:101@10.0.0.7"},
		{"another binding", func(*Registrar) (Request, error) {
			return says("101", 2, "sip:101@10.0.0.8", time.Hour, desk), nil
		}, "sip:101@10.0.0.7 sip:101@10.0.0.8"},
		{"signed out", func(*Registrar) (Request, error) {
			return says("101", 2, "sip:101@10.0.0.7", 0, desk), nil
		}, ""},
		{"signed out who is not there", func(*Registrar) (Request, error) {
			return says("101", 2, "sip:101@10.0.0.9", 0, desk), nil
		}, "sip:101@10.0.0.7"},
		{"all signed out", func(*Registrar) (Request, error) {
			return Request{UserName: "101", CallID: "c2", CSeq: 1, All: true}, nil
		}, ""},
		{"asked", func(*Registrar) (Request, error) {
			return Request{UserName: "101", CallID: "c1", CSeq: 1}, nil
		}, "sip:101@10.0.0.7"},
		{"old news", func(*Registrar) (Request, error) {
			return says("101", 1, "sip:101@10.0.0.7", 0, desk), ErrOrder
		}, "sip:101@10.0.0.7"},
		{"old news of all", func(*Registrar) (Request, error) {
			return Request{UserName: "101", CallID: "c1", CSeq: 1, All: true}, ErrOrder
		}, "sip:101@10.0.0.7"},
		{"another Call-ID counts anew", func(*Registrar) (Request, error) {
			in := says("101", 1, "sip:101@10.0.0.7", 0, desk)
			in.CallID = "c2"
			return in, nil
		}, ""},
		{"too brief", func(*Registrar) (Request, error) {
			return says("101", 2, "sip:101@10.0.0.8", 59*time.Second, desk), ErrTooBrief
		}, "sip:101@10.0.0.7"},
		{"too many, and none of them", func(*Registrar) (Request, error) {
			in := says("101", 2, "sip:101@10.0.1.0", time.Hour, desk)
			for i := range MaxBindings {
				in.Contacts = append(in.Contacts, Contact{URI: fmt.Sprintf("sip:101@10.0.2.%d", i), Expires: time.Hour})
			}
			return in, ErrTooMany
		}, "sip:101@10.0.0.7"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := open(t, store.InMemory(), nil)
			issue(t, r, "101", alice)
			register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))
			in, want := test.do(r)
			bindings, err := r.Register(t.Context(), in)
			if !errors.Is(err, want) {
				t.Fatalf("got %v, want %v", err, want)
			}
			var left []string
			for _, d := range r.BindingsOfIdentity(alice) {
				left = append(left, d.Contact)
			}
			if got := strings.Join(left, " "); got != test.left || err == nil && len(bindings) != len(left) {
				t.Errorf("left %q of %v, want %q", got, bindings, test.left)
			}
		})
	}
}

func TestDeviceIsKnownByItsInstance(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	in := says("101", 1, "sip:101@10.0.0.7:5060", time.Hour, desk)
	in.Contacts[0].Instance = "<urn:uuid:1>;1"
	before := register(t, r, in)[0]
	in.CallID, in.Contacts[0].URI, in.Flow = "after a reboot", "sip:101@10.0.0.7:5999", wire
	after := register(t, r, in)
	if len(after) != 1 || after[0].ID != before.ID || after[0].Contact != in.Contacts[0].URI || after[0].Flow != wire || r.HasFlow(desk) || !r.HasFlow(wire) {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

func TestRegistrationsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, store.InMemory(), nil)
		issue(t, r, "101", alice)
		granted := register(t, r, says("101", 1, "sip:101@10.0.0.7", 24*time.Hour, desk))[0]
		if for_ := time.Until(granted.Expires); for_ != time.Hour {
			t.Errorf("granted %s, more than is allowed", for_)
		}
		register(t, r, says("101", 2, "sip:101@10.0.0.8", 2*time.Minute, wire))
		time.Sleep(2 * time.Minute)
		if bindings := r.BindingsOfIdentity(alice); len(bindings) != 1 || bindings[0].ID != granted.ID {
			t.Errorf("after two minutes: %+v", bindings)
		}
		r.RemoveExpired(t.Context())
		if r.HasFlow(wire) || r.Counts().Expired != 1 || r.Counts().Lost != 0 {
			t.Errorf("the expired one is still there: %+v", r.Counts())
		}
		r.RemoveFlow(t.Context(), desk, "a test")
		if len(r.BindingsOfIdentity(alice)) != 0 || r.HasFlow(desk) || r.Counts().Expired != 1 || r.Counts().Lost != 1 {
			t.Errorf("what was lost is still there, or not counted: %+v", r.Counts())
		}
		r.Close()
	})
}

func TestUsersLoseTheirPhones(t *testing.T) {
	r := open(t, store.InMemory(), nil)
	issue(t, r, "101", alice)
	issue(t, r, "102", alice)
	issue(t, r, "201", bob)
	register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))
	register(t, r, says("201", 1, "sip:201@10.0.0.7", time.Hour, desk))
	if err := r.SignOut(t.Context(), alice); err != nil || len(r.BindingsOfIdentity(alice)) != 0 || len(r.CredentialsOf(alice)) != 2 {
		t.Errorf("signed out: %v, %v", err, r.CredentialsOf(alice))
	}
	if err := r.RemoveIdentity(t.Context(), alice); err != nil || len(r.CredentialsOf(alice)) != 0 || len(r.List()) != 1 || len(r.BindingsOfIdentity(bob)) != 1 {
		t.Errorf("removed: %v, %v", err, r.List())
	}
	if _, err := r.Register(t.Context(), says("101", 2, "sip:101@10.0.0.7", time.Hour, desk)); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("registered without a credential: %v", err)
	}
}

func TestRestartKeepsPasswordsAndPhonesOverUDP(t *testing.T) {
	dir := t.TempDir()
	var secret string
	var kept Binding
	for i := range 2 {
		b, err := backbone.Open(context.Background(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		r := open(t, store.OnBackbone(b), nil)
		if i == 0 {
			issue(t, r, "101", alice)
			issue(t, r, "102", alice)
			secret, _ = r.Secret("101", "SHA-256")
			in := says("101", 1, "sip:101@10.0.0.7", time.Hour, desk)
			in.Path = []string{"sip:edge.example;lr", "sip:far.example;lr"}
			kept = register(t, r, in)[0]
			register(t, r, says("101", 2, "sip:101@10.0.0.8", time.Hour, wire))
			register(t, r, says("102", 1, "sip:102@10.0.0.7", time.Hour, desk))
			register(t, r, says("102", 2, "sip:102@10.0.0.7", 0, desk))
		} else {
			if again, known := r.Secret("101", "SHA-256"); !known || again != secret {
				t.Error("the password is forgotten")
			}
			bindings := r.BindingsOfIdentity(alice)
			if len(bindings) != 1 || bindings[0].ID != kept.ID || bindings[0].Flow != desk || !bindings[0].Expires.Round(0).Equal(kept.Expires.Round(0)) || strings.Join(bindings[0].Path, " ") != "sip:edge.example;lr sip:far.example;lr" {
				t.Errorf("phones after the restart: %+v, want %+v", bindings, kept)
			}
		}
		r.Close()
		b.Close()
	}
}

func TestWrongPasswordsLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, store.InMemory(), nil)
		issue(t, r, "101", alice)
		register(t, r, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))
		guess := func(n int, name, from string) (f Flow) {
			f = Flow{"UDP", netip.MustParseAddrPort(from)}
			for range n {
				r.PasswordWrong(name, f)
			}
			return f
		}
		near := guess(maxPairFaults-1, "101", "203.0.113.1:1")
		if r.LockedFor("101", near) != 0 {
			t.Error("locked too early")
		}
		r.PasswordRight("101", near)
		guess(maxPairFaults-1, "101", "203.0.113.1:2")
		if r.LockedFor("101", near) != 0 {
			t.Error("a right password did not end the suspicion")
		}
		guess(1, "101", "203.0.113.1:3")
		if r.LockedFor("101", near) != lockTime || r.LockedFor("102", near) != 0 {
			t.Error("not locked after so many, or others are")
		}
		many := guess(maxSourceFaults, "102", "[2001:db8::1]:1")
		other := Flow{"UDP", netip.MustParseAddrPort("[2001:db8::2]:1")}
		if r.LockedFor("103", many) == 0 || r.LockedFor("103", other) == 0 {
			t.Error("a network may guess names for ever")
		}
		for i := range maxUserFaults {
			guess(1, "101", fmt.Sprintf("203.0.114.%d:1", i))
		}
		elsewhere := Flow{"UDP", netip.MustParseAddrPort("203.0.115.1:1")}
		r.PasswordRight("104", near)
		for i := range maxUserFaults {
			guess(1, "104", fmt.Sprintf("203.0.116.%d:1", i))
		}
		if r.LockedFor("104", elsewhere) == 0 || r.LockedFor("104", near) != 0 {
			t.Error("who had the right password is locked out by others who guess it")
		}
		if r.LockedFor("101", elsewhere) == 0 || r.LockedFor("101", desk) != 0 {
			t.Error("many networks may guess for ever, or the user's own phone is locked out")
		}
		time.Sleep(lockTime)
		if r.LockedFor("101", elsewhere)+r.LockedFor("101", near) != 0 {
			t.Error("the lock does not end")
		}
		r.RemoveExpired(t.Context())
		if n := r.lockout.counts.Len(time.Now()); n != 0 {
			t.Errorf("%d counters are kept for ever", n)
		}
		r.Close()
	})
}

// TestRegistrationOfAClockThatWasAheadEnds: what was stored then does not outlive the longest registration.
func TestRegistrationOfAClockThatWasAheadEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := store.InMemory()
		first := open(t, backend, nil)
		issue(t, first, "101", alice)
		register(t, first, says("101", 1, "sip:101@10.0.0.7", time.Hour, desk))
		ahead := bindings{List: []binding{*first.bindings["101"][0]}}
		ahead.List[0].Expires = time.Now().Add(365 * 24 * time.Hour)
		if err := first.bindingStore.Put(t.Context(), "101", ahead); err != nil {
			t.Fatal(err)
		}
		next := open(t, backend, nil)
		if len(next.AllBindings()) != 1 {
			t.Fatal("the phone is not registered")
		}
		time.Sleep(time.Hour)
		if left := next.BindingsOfUser("101"); len(left) != 0 {
			t.Errorf("after an hour there is %+v", left)
		}
	})
}
