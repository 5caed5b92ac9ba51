package delivery

import (
	"bytes"
	"reflect"
	"testing"
	"time"
)

var sample = Message{
	ID: "id", Policy: "callback", Group: "g", Lane: "l", URL: "https://h/p?q=1", Header: map[string]string{"A": "b", "C": ""},
	Body: []byte("[{}]"), Last: true, Release: []string{"x", ""}, MaxAttempts: 3, TTL: time.Minute, Note: "CallConnected",
	Bearer: Bearer{"contoso", "api://webhook"}, PerMinute: 120, SecretHeaders: []string{"A"},
}

func TestMessageIsReadAsItWasWritten(t *testing.T) {
	got, err := decodeMessage(encodeMessage(&sample))
	if err != nil || !reflect.DeepEqual(got, sample) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestMessageOfAnOlderVersionIsRead: a journal outlives its program.
func TestMessageOfAnOlderVersionIsRead(t *testing.T) {
	written := encodeMessage(&sample)
	want := sample
	third := len(appendKeys(nil, sample.SecretHeaders))
	want.SecretHeaders = nil
	if got, err := decodeMessage(written[:len(written)-third]); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("of the third version: got %+v, %v", got, err)
	}
	second := third + len(appendText(appendText(nil, sample.Bearer.Tenant), sample.Bearer.Audience)) + 1
	want.Bearer, want.PerMinute = Bearer{}, 0
	if got, err := decodeMessage(written[:len(written)-second]); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("of the second version: got %+v, %v", got, err)
	}
}

func TestLineIsReadAsItWasWritten(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_123)
	want := []line{
		{kind: kindMessage, seq: 1 << 40, attempts: 7, posted: at, due: at.Add(time.Hour), first: at, content: []byte("c")},
		{kind: kindHold, seq: 2, posted: at, content: []byte{}},
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

func FuzzReadPage(f *testing.F) {
	whole := appendLine([]byte{pageVersion}, line{kind: kindMessage, seq: 1, content: encodeMessage(&sample)})
	f.Add(whole)
	f.Add(appendLine(bytes.Clone(whole), line{kind: kindHold, seq: 2, content: encodeHold("k", []byte("b"))}))
	f.Add(appendLine(bytes.Clone(whole), line{kind: kindRelease, seq: 3, content: appendKeys(nil, []string{"k"})}))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := &recovery{bySeq: map[uint64]*record{}}
		if err := readPage(data, func(l line) error { return r.add(&page{}, l) }); err != nil {
			return
		}
		// What can be read can be written, and is then the same.
		for _, rec := range r.bySeq {
			if rec.kind != kindMessage {
				continue
			}
			again, err := decodeMessage(encodeMessage(&rec.msg))
			if err != nil || again.ID != rec.msg.ID || !bytes.Equal(again.Body, rec.msg.Body) || len(again.Header) != len(rec.msg.Header) {
				t.Errorf("%+v became %+v, %v", rec.msg, again, err)
			}
		}
	})
}
