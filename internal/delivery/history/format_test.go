package history

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

func at(ms int64) time.Time { return time.UnixMilli(1_790_000_000_000 + ms).UTC() }

// stored are the attempts of the golden files.
var stored = []Attempt{
	{Time: at(20), ID: "b3f1", Policy: "eventgrid", Group: "INCOMING", Note: "Microsoft.Communication.IncomingCall", URL: "https://app.test/events?code=***",
		Number: 3, Status: 503, Latency: 1500 * time.Microsecond, Answer: "busy", Result: Retried, Next: at(60_000)},
	{Time: at(21), ID: "x", Policy: "callback", URL: "http://127.0.0.1/cb", Number: 1, Error: "connection refused", Result: Failed, Reason: "not to be retried"},
}

// TestArchiveIsGolden: an archive outlives the program that wrote it.
func TestArchiveIsGolden(t *testing.T) {
	const golden = "testdata/attempts.v2.jsonl"
	var text bytes.Buffer
	if n := Attempts.encode(&text, stored); n != len(stored) {
		t.Fatalf("%d attempts are written", n)
	}
	if *update {
		if err := os.WriteFile(golden, text.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || text.String() != string(want) {
		t.Errorf("got  %s\nwant %s, %v", text.String(), want, err)
	}
}

// TestEveryVersionOfTheArchiveIsRead: version 1 has no header.
func TestEveryVersionOfTheArchiveIsRead(t *testing.T) {
	for _, golden := range []string{"testdata/attempts.v1.jsonl", "testdata/attempts.v2.jsonl"} {
		block, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		var got []Attempt
		if err := Attempts.decode(block, func(a Attempt) { got = append(got, a) }); err != nil || !reflect.DeepEqual(got, stored) {
			t.Errorf("%s: got %+v, %v", golden, got, err)
		}
	}
}

func TestArchiveOfANewerVersionIsSkipped(t *testing.T) {
	for _, block := range []string{`{"kind":"attempts","version":9}` + "\n{}", `{"kind":"failures","version":2}` + "\n{}"} {
		n := 0
		if err := Attempts.decode([]byte(block), func(Attempt) { n++ }); err == nil || n > 0 {
			t.Errorf("%s: %d attempts, %v", block, n, err)
		}
	}
}
