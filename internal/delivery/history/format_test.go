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

// packedGolden is a block that is compressed. What compresses may come to do so in another
// way; what it has written is read.
const packedGolden = "testdata/attempts.v2.s2"

func TestCompressedBlockIsWritten(t *testing.T) {
	block, err := os.ReadFile("testdata/attempts.v2.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	packed := pack(nil, block)
	if *update {
		if err := os.WriteFile(packedGolden, packed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if plain, err := unpack(packed); err != nil || !bytes.Equal(plain, block) {
		t.Errorf("unpacked it is %q, %v", plain, err)
	}
	many := bytes.Repeat(block, 50)
	if again := pack(packed, many); len(again) > len(many)/10 {
		t.Errorf("%d bytes that repeat each other take %d", len(many), len(again))
	}
}

func TestDamagedCompressedBlockIsAnError(t *testing.T) {
	packed := pack(nil, []byte("some text, and some text again, and some text again"))
	for name, block := range map[string][]byte{
		"nothing":         []byte(packedMark),
		"its end lacks":   packed[:len(packed)-1],
		"it is too large": append([]byte(packedMark), 0xff, 0xff, 0xff, 0xff, 0x0f, 0),
	} {
		if plain, err := unpack(block); err == nil {
			t.Errorf("%s: %q", name, plain)
		}
	}
}

// TestEveryVersionOfTheArchiveIsRead: version 1 has no header.
func TestEveryVersionOfTheArchiveIsRead(t *testing.T) {
	for _, golden := range []string{"testdata/attempts.v1.jsonl", "testdata/attempts.v2.jsonl", packedGolden} {
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
