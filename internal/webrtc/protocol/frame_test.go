package protocol

import (
	"errors"
	"testing"
)

func TestFramesCarryHeadAndContent(t *testing.T) {
	yes := true
	frame, err := Encode(Head{ID: "7", Ack: 3}, &MediaState{Call: "c", Microphone: &yes})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"t":"media.state","id":"7","ack":3,"call":"c","microphone":true}`; string(frame) != want {
		t.Errorf("%s, want %s", frame, want)
	}
	head, m, err := Decode(frame)
	if err != nil || head.ID != "7" || head.Ack != 3 {
		t.Fatalf("%+v %v", head, err)
	}
	if state := m.(*MediaState); state.Call != "c" || !*state.Microphone {
		t.Errorf("%+v", state)
	}
	if frame, err = Encode(Head{Re: "7"}, &OK{}); err != nil || string(frame) != `{"t":"ok","re":"7"}` {
		t.Errorf("%s %v", frame, err)
	}
}

func TestBadFramesAreTold(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		want        error
	}{
		{"no JSON", "{", ErrMalformed},
		{"no object", "[]", ErrMalformed},
		{"no type", `{"id":"1"}`, ErrMalformed},
		{"a negative ack", `{"t":"ack","ack":-1}`, ErrMalformed},
		{"a type of another version", `{"t":"call.sing","id":"1"}`, ErrUnknownType},
		{"a type of the other side", `{"t":"welcome","id":"1"}`, ErrUnknownType},
		{"a wrong type of a field", `{"t":"call.start","id":"1","to":"x"}`, ErrContent},
		{"fields of another version", `{"t":"call.hold","call":"c","volume":11}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := Decode([]byte(test.frame)); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, frame := range []string{
		`{"t":"hello","id":"1","version":1,"token":"x","session":"s","lastSeq":4}`, `{"t":"ack","ack":9}`,
		`{"t":"call.start","id":"2","call":"c","to":["8:acs:x"],"customContext":{"sipHeaders":[{"key":"a","value":"b"}]}}`,
		`{"t":"media.offer","id":"3","call":"c","n":1,"sdp":"v=0"}`,
	} {
		f.Add([]byte(frame))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		head, m, err := Decode(frame)
		if err != nil {
			return
		}
		again, err := Encode(head, m)
		if err != nil {
			t.Fatal(err)
		}
		if reread, _, err := Decode(again); err != nil || reread != head {
			t.Fatalf("%s became %s: %v", frame, again, err)
		}
	})
}
