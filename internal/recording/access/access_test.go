package access

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

var (
	primary   = auth.Principal{KeyID: "k1", Key: "primary", Administrator: true}
	secondary = auth.Principal{KeyID: "k2", Key: "secondary"}
	token     = auth.Principal{Issuer: "https://issuer.test", Subject: "app"}
)

func TestWhoMayDoWhat(t *testing.T) {
	rules := []Rule{
		{By: []string{"primary"}, May: Actions},
		{By: []string{"secondary"}, May: []Action{Start}},
		{By: []string{"token:auditor"}, May: []Action{Download}},
	}
	for _, test := range []struct {
		name   string
		rules  []Rule
		sender auth.Principal
		action Action
		want   bool
	}{
		{"without rules, everybody", nil, secondary, Delete, true},
		{"the primary key", rules, primary, Delete, true},
		{"the secondary key, what it may", rules, secondary, Start, true},
		{"the secondary key, what it may not", rules, secondary, Download, false},
		{"a token that is not named", rules, token, Download, false},
		{"a token that is named", rules, auth.Principal{Subject: "auditor"}, Download, true},
		{"any token", []Rule{{By: []string{AnyToken}, May: []Action{Delete}}}, token, Delete, true},
		{"a key is no token", []Rule{{By: []string{AnyToken}, May: []Action{Delete}}}, primary, Delete, false},
		{"nobody", []Rule{{By: []string{""}, May: Actions}}, auth.Principal{}, Delete, false},
	} {
		err := New(Config{Rules: test.rules}, slog.New(slog.DiscardHandler)).Admit(Request{Action: test.action, Sender: test.sender})
		if (err == nil) != test.want || err != nil && !fault.Is(err, fault.KindForbidden) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	for _, rule := range []Rule{{}, {By: []string{"primary"}}, {May: Actions}, {By: []string{"everybody"}, May: Actions}, {By: []string{"primary"}, May: []Action{"play"}}} {
		if rule.Check() == nil {
			t.Errorf("%+v", rule)
		}
	}
	if err := (Rule{[]string{"primary", "secondary", AnyToken, "token:app"}, Actions}).Check(); err != nil {
		t.Error(err)
	}
}

func TestEveryAttemptIsInTheTrail(t *testing.T) {
	name := filepath.Join(t.TempDir(), "access.jsonl")
	for range 2 { // the second process goes on
		trail, err := OpenTrail(name)
		if err != nil {
			t.Fatal(err)
		}
		g := New(Config{Trail: trail, Rules: []Rule{{By: []string{"primary"}, May: Actions}}}, slog.New(slog.DiscardHandler))
		_ = g.Admit(Request{Action: Download, Operation: "part", Recording: "d1\n{}", Sender: primary, From: "192.0.2.1:1"})
		_ = g.Admit(Request{Action: Delete, Recording: strings.Repeat("x", 10_000), Sender: token, From: "192.0.2.2:2"})
		if err := trail.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	if len(lines) != 4 {
		t.Fatalf("%d lines:\n%s", len(lines), text)
	}
	var first, second line
	if json.Unmarshal(lines[0], &first) != nil || json.Unmarshal(lines[1], &second) != nil {
		t.Fatalf("%s", text)
	}
	if first.At.IsZero() || first.Who != "primary" || first.KeyID != "k1" || first.From != "192.0.2.1:1" || first.Action != Download || first.Operation != "part" || first.Recording != "d1\n{}" || !first.Allowed {
		t.Errorf("%+v", first)
	}
	if second.Who != "token:app" || second.Issuer != "https://issuer.test" || second.Allowed || len(second.Recording) != maxNamed {
		t.Errorf("%+v", second)
	}
	if info, _ := os.Stat(name); info.Mode().Perm() != trailMode {
		t.Errorf("mode %v", info.Mode())
	}
}

func TestFullTrailIsPutAside(t *testing.T) {
	name := filepath.Join(t.TempDir(), "access.jsonl")
	trail, err := OpenTrail(name)
	if err != nil {
		t.Fatal(err)
	}
	defer trail.Close()
	trail.full = 300
	g := New(Config{Trail: trail}, slog.New(slog.DiscardHandler))
	for range 10 {
		if err := g.Admit(Request{Action: Download, Recording: "d", Sender: primary}); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{name, name + ".1"} {
		if info, err := os.Stat(file); err != nil || info.Size() == 0 || info.Size() > 500 {
			t.Errorf("%s: %+v, %v", file, info, err)
		}
	}
}

func TestWhatCannotBeNotedDoesNotHappen(t *testing.T) {
	trail, err := OpenTrail(filepath.Join(t.TempDir(), "access.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	trail.Close()
	err = New(Config{Trail: trail}, slog.New(slog.DiscardHandler)).Admit(Request{Action: Download, Sender: primary})
	if !fault.Is(err, fault.KindBusy) {
		t.Error(err)
	}
}

// TestHalfALineOfACrashSpoilsNoOther: what a crash of the system has cut off stays a line of its own.
func TestHalfALineOfACrashSpoilsNoOther(t *testing.T) {
	name := filepath.Join(t.TempDir(), "access.jsonl")
	if err := os.WriteFile(name, []byte(`{"at":"2026-`), trailMode); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second process has a whole line before it
		trail, err := OpenTrail(name)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := New(Config{Trail: trail}, slog.New(slog.DiscardHandler)).Admit(Request{Action: Download, Sender: primary}); err != nil {
				t.Fatal(err)
			}
		}
		if err := trail.Close(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
	for _, l := range lines[1:] {
		var read line
		if err := json.Unmarshal(l, &read); err != nil {
			t.Errorf("%s: %v", l, err)
		}
	}
	if len(lines) != 5 {
		t.Errorf("%d lines:\n%s", len(lines), text)
	}
}
