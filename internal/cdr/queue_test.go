package cdr

import (
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
)

// Records come out once, in their order, and no more wait than there should be.
func TestWaitingRecordsAreBoundedAndInOrder(t *testing.T) {
	var q queue
	for round := range 3 {
		for n := range queueSize + 10 {
			if took := q.put(call.Detail{CorrelationID: fmt.Sprint(n)}); took != (n < queueSize) {
				t.Fatalf("record %d of round %d: taken %t", n, round, took)
			}
		}
		list := q.take()
		if len(list) != queueSize || list[0].CorrelationID != "0" || list[queueSize-1].CorrelationID != fmt.Sprint(queueSize-1) {
			t.Fatalf("%d records, from %s to %s", len(list), list[0].CorrelationID, list[len(list)-1].CorrelationID)
		}
		q.giveBack(list)
		if cap(q.spare) > keptRoom {
			t.Errorf("room for %d records is kept", cap(q.spare))
		}
	}
	if list := q.take(); len(list) != 0 {
		t.Errorf("%d records come twice", len(list))
	}
	q.put(call.Detail{CorrelationID: "kept"})
	list := q.take()
	q.giveBack(list)
	if old := list[:1]; old[0].CorrelationID != "" {
		t.Error("what was written is still referred to")
	}
}
