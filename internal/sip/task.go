package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// task is what a leg's goroutine is to do: a function, or what is done with a request,
// for which no function is made.
type task struct {
	do      func()
	with    func(l *leg, request *sip.Request, tx *transaction.Server)
	request *sip.Request
	tx      *transaction.Server // nil for an ACK
}

func (t task) run(l *leg) {
	defer l.caught()
	if t.do != nil {
		t.do()
		return
	}
	t.with(l, t.request, t.tx)
}

// dropped ends the transaction of a request that is not taken: over UDP the peer asks again.
func (t task) dropped() {
	if t.tx != nil {
		t.tx.Terminate()
	}
}

// post leaves work for the leg's goroutine. It returns false where the leg is over.
func (l *leg) post(do func()) bool { return l.box.Put(task{do: do}) }

// maxOffered bounds what the wire may leave in a leg's inbox.
const maxOffered = 64

// offer leaves work that came from the wire, unless too much waits. It returns
// false where it does, or the leg is over.
func (l *leg) offer(t task) bool { return l.box.Offer(t, maxOffered) }

// workOff does what has been left.
func (l *leg) workOff() {
	for t := range l.box.Take {
		t.run(l)
	}
}

// arrived leaves what a request is to do with the leg, in the order of arrival; where the
// request describes sound of a named host, once the name is looked up. Neither the reader
// nor the leg waits for that. A request is dropped where the leg is over or too much waits.
func (l *leg) arrived(t task) {
	named := sdp.HasNames(t.request.Body())
	if !named && l.arrivals.isIdle() {
		l.arrivedInTurn(t)
		return
	}
	if l.arrivals.isFull() {
		t.dropped()
		return
	}
	l.arrivals.do(&l.server.work, named, func() {
		if named {
			l.server.mediaNames.lookUp(l.server.ctx, t.request)
		}
		l.arrivedInTurn(t)
	})
}

func (l *leg) arrivedInTurn(t task) {
	if !l.offer(t) {
		t.dropped()
	}
}
