package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/insight"
)

// TestKindsOfItemsAreChecked: help names each, and one that does not exist is refused.
func TestKindsOfItemsAreChecked(t *testing.T) {
	for _, words := range [][]string{{"calls", "show", "x"}, {"trace", "--follow"}} {
		help := command(t, t.TempDir(), "", append(words[:len(words):len(words)], "--help")...).out
		for _, kind := range insight.Kinds {
			if !strings.Contains(help, string(kind)) {
				t.Errorf("help of %q does not name %s", words, kind)
			}
		}
		got := command(t, t.TempDir(), "", append(words[:len(words):len(words)], "--kind", "sip,beep")...)
		if got.code != 2 || !strings.Contains(got.err, `"beep" is no kind of item`) {
			t.Errorf("%q: %+v", words, got)
		}
	}
	var r root
	parser, err := kong.New(&r, kong.Vars(config.Defaults()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"trace", "--follow", "--kind", "SIP, leg"}); err != nil || len(r.Trace.Kind) != 2 || !r.Trace.Kind.has(insight.KindLeg) || r.Trace.Kind.has(insight.KindEvent) {
		t.Errorf("got %v, %v", r.Trace.Kind, err)
	}
}
