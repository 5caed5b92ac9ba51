package sip

import (
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// reorderWait is how long a request waits for one that arrived before it and
// is still under way between two goroutines.
const reorderWait = 100 * time.Millisecond

// requestOrder puts a dialog's requests back into the order in which they arrived.
// The reader announces each before it passes it on.
type requestOrder struct {
	announced   []uint32 // CSeq numbers, as they came
	waiting     []arrival
	lastHandled uint32
}

// arrival is a request with its transaction.
type arrival struct {
	request *sip.Request
	tx      *transaction.Server
}

// announce notes that a request has been read. Repeated ones are known.
func (o *requestOrder) announce(cseq uint32) {
	if cseq > o.lastHandled && !slices.Contains(o.announced, cseq) && len(o.announced) < maxOffered {
		o.announced = append(o.announced, cseq)
	}
}

// add takes a request that a transaction has delivered.
func (o *requestOrder) add(a arrival) { o.waiting = append(o.waiting, a) }

// next returns a request whose turn it is; false where all wait for others.
func (o *requestOrder) next() (arrival, bool) {
	for i, a := range o.waiting {
		cseq := a.request.CSeq().SeqNo
		if at := slices.Index(o.announced, cseq); at > 0 {
			continue // others were announced before
		} else if at == 0 {
			o.announced = o.announced[1:]
		}
		o.waiting = slices.Delete(o.waiting, i, i+1)
		o.lastHandled = max(o.lastHandled, cseq)
		return a, true
	}
	return arrival{}, false
}

// giveUp stops waiting for requests that were announced and never came.
func (o *requestOrder) giveUp() { o.announced = nil }
