package main

import (
	"testing"
	"time"
)

func TestTextOfAMember(t *testing.T) {
	const text = `[{"eventType":"A.B","type":"C","data":{"to":{"rawId":"4:+1"},"name":"a \"b\" é\n","typed":"no","n":7},"time":"2026-01-02T03:04:05.5Z","open":"x`
	for name, want := range map[string]string{
		"eventType": "A.B", "type": "C", "rawId": "4:+1", "name": "a \"b\" é\n", "n": "", "absent": "", "open": "",
	} {
		if got := textOf([]byte(text), name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := timeOf([]byte(text), "time"); !got.Equal(time.Date(2026, 1, 2, 3, 4, 5, 5e8, time.UTC)) {
		t.Errorf("the time is %v", got)
	}
}
