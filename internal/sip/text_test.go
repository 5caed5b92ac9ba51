package sip

import (
	"testing"

	"github.com/emiago/sipgo/sip"
)

// TestTagsCannotBeGuessed asks that tags differ by request and by server.
func TestTagsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	a, b := newDialogTags(), newDialogTags()
	if first, again := a.callee("id", "tag", 1), a.callee("id", "tag", 1); first != again {
		t.Error("one request has two tags")
	}
	seen := map[string]bool{}
	for _, tag := range []string{a.callee("id", "tag", 1), a.callee("id", "tag", 2), a.callee("idt", "ag", 1), a.caller("id"), b.caller("id"), b.callee("id", "tag", 1)} {
		if seen[tag] || len(tag) < 16 {
			t.Errorf("tag %q is short or repeated", tag)
		}
		seen[tag] = true
	}
}

// TestRequestsTakeTheirTurn asks that overtaking requests wait, and no longer
// than they must.
func TestRequestsTakeTheirTurn(t *testing.T) {
	t.Parallel()
	arrive := func(cseq uint32) arrival {
		request := sip.NewRequest(sip.INFO, sip.Uri{})
		request.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: sip.INFO})
		return arrival{request: request}
	}
	turn := func(o *requestOrder) (list []uint32) {
		for {
			a, ok := o.next()
			if !ok {
				return list
			}
			list = append(list, a.request.CSeq().SeqNo)
		}
	}
	var o requestOrder
	for _, cseq := range []uint32{2, 3, 5, 3} { // 4 was never sent; 3 was repeated
		o.announce(cseq)
	}
	o.add(arrive(5))
	o.add(arrive(3))
	if got := turn(&o); len(got) != 0 {
		t.Errorf("%v did not wait for 2", got)
	}
	o.add(arrive(2))
	if got := turn(&o); len(got) != 3 || got[0] != 2 || got[1] != 3 || got[2] != 5 {
		t.Errorf("turns are %v, want 2 3 5", got)
	}
	o.announce(6)
	o.announce(7)
	o.add(arrive(7)) // 6 got lost between announcement and delivery
	if got := turn(&o); len(got) != 0 {
		t.Errorf("%v did not wait for 6", got)
	}
	o.giveUp()
	if got := turn(&o); len(got) != 1 || got[0] != 7 {
		t.Errorf("turns are %v, want 7", got)
	}
}
