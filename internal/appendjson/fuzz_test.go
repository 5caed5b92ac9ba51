package appendjson

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzTextIsThatOfTheStandardLibrary(f *testing.F) {
	for _, text := range []string{"", "plain", `"\`, "<a href='x'>&", "\x00\x1f\x7f", "é 日本 \u2028", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := json.Marshal(text)
		if got := Text(nil, text); err != nil || string(got) != string(want) {
			t.Errorf("%s, want %s", got, want)
		}
		var plain bytes.Buffer
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(text); err != nil {
			t.Fatal(err)
		}
		if got := string(PlainText([]byte("["), text)) + "\n"; got != "["+plain.String() {
			t.Errorf("%s, want %s", got, plain.String())
		}
	})
}

// sample has a member of each kind, in both forms.
type sample struct {
	Text      string    `json:"text"`
	SomeText  string    `json:"someText,omitempty"`
	Joined    string    `json:"joined"`
	Int       int64     `json:"int"`
	SomeInt   int64     `json:"someInt,omitempty"`
	Uint      uint64    `json:"uint"`
	Float     float64   `json:"float"`
	SomeFloat float64   `json:"someFloat,omitempty"`
	Bool      bool      `json:"bool"`
	True      bool      `json:"true,omitempty"`
	Time      time.Time `json:"time"`
	TimeAs    string    `json:"timeAs"`
	SomeTime  time.Time `json:"someTime,omitzero"`
	List      []sample  `json:"list"`
}

func appendSample(b []byte, s *sample) ([]byte, error) {
	o := Open(b)
	o.Text("text", s.Text)
	o.SomeText("someText", s.SomeText)
	o.Joined("joined", "of ", s.Text, "", "/", s.Text)
	o.Int("int", s.Int)
	o.SomeInt("someInt", s.SomeInt)
	o.Uint("uint", s.Uint)
	o.Float("float", s.Float)
	o.SomeFloat("someFloat", s.SomeFloat)
	o.Bool("bool", s.Bool)
	o.True("true", s.True)
	o.Time("time", s.Time)
	o.TimeAs("timeAs", time.RFC1123, s.Time)
	o.SomeTime("someTime", s.SomeTime)
	o.Value("list", func(b []byte) ([]byte, error) { return List(b, s.List, appendSample) })
	return o.Close()
}

func FuzzObjectIsThatOfTheStandardLibrary(f *testing.F) {
	f.Add("", int64(0), uint64(0), 0.0, false, int64(0), int64(0), 0)
	f.Add("text", int64(-12), uint64(math.MaxUint64), 1e-7, true, int64(1_700_000_000), int64(123_456_700), 3600)
	f.Add("<é>", int64(math.MinInt64), uint64(1), 1e21, true, int64(-62_135_596_800), int64(0), -5400)
	f.Add("\n", int64(1), uint64(1), 3.14e-10, true, int64(1<<40), int64(1), 0)
	f.Add("", int64(1), uint64(1), math.NaN(), true, int64(0), int64(1), 0)
	f.Add("", int64(1), uint64(1), math.Inf(-1), true, int64(0), int64(1), 7)
	f.Add("", int64(1), uint64(1), math.Copysign(0, -1), true, int64(0), int64(1), 7)
	f.Fuzz(func(t *testing.T, text string, n int64, u uint64, x float64, is bool, seconds, nanos int64, zone int) {
		at := time.Unix(seconds, nanos)
		if zone%60 == 0 && zone > -24*3600 && zone < 24*3600 { // RFC 3339 knows no others
			at = at.In(time.FixedZone("", zone))
		} else {
			at = at.UTC()
		}
		if !utf8.ValidString(text) {
			t.Skip("Joined is for UTF-8")
		}
		s := sample{text, text, "of " + text + "/" + text, n, n, u, x, x, is, is, at, at.Format(time.RFC1123), at, []sample{}}
		s.List = []sample{s, {Joined: "of /", TimeAs: time.Time{}.Format(time.RFC1123), List: []sample{}}}
		want, err := json.Marshal(s)
		got, refused := appendSample([]byte("before "), &s)
		if (refused == nil) != (err == nil) {
			t.Fatalf("%v; encoding/json says %v", refused, err)
		}
		if err == nil && string(got) != "before "+string(want) {
			t.Errorf("%s, want %s", got, want)
		}
	})
}

func TestObjectDoesNotAllocate(t *testing.T) {
	s := sample{Text: "a", SomeText: "b", SomeInt: 1, SomeFloat: 1.5, True: true, SomeTime: time.Unix(1, 1).UTC(), List: []sample{{}, {}}}
	room := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { _, _ = appendSample(room, &s) }); n > 3 { // the functions that write the lists
		t.Errorf("%v allocations", n)
	}
}
