package convert

import (
	"fmt"
	"testing"
)

func TestEncodersGoLast(t *testing.T) {
	p := New(Config{Program: script(t, "cat >/dev/null; sleep 0.3; nice; ulimit -v\n")}, quiet)
	var out output
	if err := p.Convert(t.Context(), jobOf(MP3, nil, &out)); err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("19\n%d\n", maxMemory>>10); out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}
