package signalling

import (
	"strconv"
	"testing"
	"time"
)

// TestAnswersAreBoundedWhileARequestIsOpen: a request that takes its time does not let a
// client fill the memory with the answers to its others.
func TestAnswersAreBoundedWhileARequestIsOpen(t *testing.T) {
	var a answers
	now := time.Unix(1_000_000, 0)
	slow, _ := a.begin("slow", now)
	frame := make([]byte, 10<<10)
	for i := range 4 * maxAnswers {
		now = now.Add(time.Second / requestRate)
		g, ok := a.begin(strconv.Itoa(i), now)
		if !ok {
			t.Fatal("there are too many open requests")
		}
		a.finish(g, frame, now, maxKeptBytes)
	}
	if a.bytes > maxKeptBytes || len(a.order) > maxAnswers || len(a.byID) != len(a.order) {
		t.Errorf("%d answers with %d bytes are kept, %d by id; want %d with %d at most", len(a.order), a.bytes, len(a.byID), maxAnswers, maxKeptBytes)
	}
	a.finish(slow, frame, now, maxKeptBytes)
	if a.find("slow") != slow || slow.frame == nil || a.open != 0 {
		t.Errorf("the slow request is %v, with %d open", a.find("slow"), a.open)
	}
}
