package journal

import (
	"errors"
	"reflect"
	"testing"
	"time"
)

func TestLineIsReadAsItWasWritten(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_123)
	want := []line{
		{kind: KindMessage, seq: 1 << 40, attempts: 7, posted: at, due: at.Add(time.Hour), first: at, content: []byte("c"), format: FormatFields},
		{kind: KindHold, seq: 2, posted: at, content: []byte{}, format: FormatPositional},
	}
	page := []byte{pageVersion}
	for _, l := range want {
		page = appendLine(page, l)
	}
	var got []line
	if err := readPage(page, func(l line) error { got = append(got, l); return nil }); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for cut := 1; cut < len(page); cut++ {
		n := 0
		err := readPage(page[:cut], func(line) error { n++; return nil })
		if err == nil && n == len(want) {
			t.Errorf("a page cut at %d is read whole", cut)
		}
	}
}

// TestFieldsOfALaterVersionAreSkipped, in records, holds and releases.
func TestFieldsOfALaterVersionAreSkipped(t *testing.T) {
	content := AppendUint(AppendText(encodeHold(Hold{"k", []byte("b")}), 99, "new"), 100, 7)
	if h, err := decodeHold(content); err != nil || h.Key != "k" || string(h.Body) != "b" {
		t.Errorf("hold %+v, %v", h, err)
	}
	if keys, err := decodeRelease(AppendUint(encodeRelease([]string{"a", ""}), 99, 1)); err != nil || !reflect.DeepEqual(keys, []string{"a", ""}) {
		t.Errorf("release %q, %v", keys, err)
	}
}

func TestPageOfALaterVersionIsRefused(t *testing.T) {
	for _, page := range [][]byte{nil, {pageVersion + 1}, {pageVersion, 5}, {pageVersion, 2, fieldKind << 3, 0xff}, {pageVersion, 1, fieldKind<<3 | 5}} {
		if err := readPage(page, func(line) error { return nil }); !errors.Is(err, ErrDamaged) {
			t.Errorf("%v: %v", page, err)
		}
	}
}

func FuzzReadPage(f *testing.F) {
	f.Add(appendLine([]byte{pageVersion}, line{kind: KindHold, seq: 2, content: encodeHold(Hold{"k", []byte("b")}), format: FormatFields}))
	f.Add([]byte{pageVersion1, 3, 3, 0, 0, 0, 0, 3, 1, 1, 'k'})
	f.Fuzz(func(t *testing.T, page []byte) {
		var lines []line
		if err := readPage(page, func(l line) error { lines = append(lines, l); return nil }); err != nil {
			return
		}
		for _, l := range lines { // what can be read can be written, and is then the same
			var again []line
			err := readPage(appendLine([]byte{pageVersion}, l), func(l line) error { again = append(again, l); return nil })
			if err != nil || len(again) != 1 || again[0].seq != l.seq || again[0].kind != l.kind || string(again[0].content) != string(l.content) {
				t.Errorf("%+v became %+v, %v", l, again, err)
			}
		}
	})
}
