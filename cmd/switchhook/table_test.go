package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestTablesGiveTheTerminalNoOrders is a phone whose name has an escape sequence of the
// terminal, in C0 and in C1, and a mark that turns the direction of writing.
func TestTablesGiveTheTerminalNoOrders(t *testing.T) {
	connection, dir := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"value":[{"userName":"101","identity":"8:acs:a","devices":[{"userAgent":"\u001b[2J\u009b31mDesk\u202e\u2066 phone\u007f","transport":"UDP","address":"192.0.2.1:5060"}]}]}`)
	})
	got := command(t, dir, "", "phones", "list", "--connection-string", connection)
	if got.code != 0 || !strings.Contains(got.out, "Desk") || !strings.Contains(got.out, "udp 192.0.2.1:5060") {
		t.Errorf("got %+v", got)
	}
	if strings.ContainsAny(got.out, "\x1b\u009b\u202e\u2066\x7f") {
		t.Errorf("%q", got.out)
	}
}

func TestPrintableKeepsWhatIsRead(t *testing.T) {
	for text, want := range map[string]string{
		"Zoé\tназвание\n": "Zoé\tназвание\n", "a\x1b[31mb": "a\uFFFD[31mb", "\u0085\u009f": "\uFFFD\uFFFD", "a\u200fb\u2067": "a\uFFFDb\uFFFD", "\xff": "\uFFFD",
	} {
		if got := printable(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
