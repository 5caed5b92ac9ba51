package transaction

import (
	"fmt"
	"time"

	"github.com/emiago/sipgo/sip"
)

// User is who sent a request. Its functions are called without a lock and may not block.
type User struct {
	// Answered takes each provisional response and the final one, or the failure:
	// ErrTimeout, ErrTransport or ErrEnded. Nothing comes after a final response or a failure.
	Answered func(*sip.Response, error)
	// Again takes each 2xx to an INVITE after the first: the same once more, or another
	// branch's. nil: they are dropped.
	Again func(*sip.Response)
}

// Client is a client transaction: a request of ours, until no response to it can come
// again. The layer's lock guards all but what Request sets.
type Client struct {
	layer  *Layer
	key    clientKey
	peer   Peer
	ends   ends
	invite bool
	inside bool // of a dialog, where no phone rings

	state    clientState
	canceled bool // its user has sent a CANCEL
	user     User
	request  *sip.Request // of an INVITE, until it has its final response
	message  []byte       // the request; after a failure of an INVITE its ACK
	places   int          // that are taken for it; 0 before the beginning and after the end
	alarm    alarm
	repeatAt instant // timer A or E
	interval time.Duration
	endAt    instant // timer B, C, D, F, K or M, or the time after a CANCEL; 0: none
}

// Request sends a request. Where it returns an error, which is ErrTransport, ErrTooMany or
// ErrEnded, the user hears nothing.
func (l *Layer) Request(request *sip.Request, to Peer, user User) (*Client, error) {
	key, ok := clientKeyOf(request)
	if !ok {
		return nil, fmt.Errorf("%s has no branch that is unique", request.Method)
	}
	message := Encode(request)
	t := &Client{layer: l, key: key, peer: to, ends: endsOf(to.Stream), invite: request.IsInvite(), inside: isInDialog(request), user: user, message: message}
	t.alarm.owner = t
	if t.invite {
		t.request = request
	}
	if err := t.begin(); err != nil {
		return nil, err
	}
	refer(to.Stream)
	if err := l.send(to, message); err != nil && t.withdraw() {
		return nil, err
	}
	return t, nil
}

// withdraw ends the transaction because its request could not be sent. It reports false
// where the user has heard how it ended: the connection closed while the request was written.
func (t *Client) withdraw() bool {
	t.layer.mu.Lock()
	told := t.state != clientCalling && t.state != clientProceeding
	t.layer.mu.Unlock()
	if told {
		return false
	}
	t.Terminate()
	return true
}

// begin enters the transaction and sets its times.
func (t *Client) begin() error {
	l := t.layer
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if t.key.method == sip.CANCEL { // also where it finds no place: nobody waits for the INVITE any more
		l.clients[t.key.as(sip.INVITE)].cancel(now)
	}
	switch {
	case l.closed:
		return ErrEnded
	case !l.asked.have(t.peer):
		return ErrTooMany
	case l.clients[t.key] != nil:
		return fmt.Errorf("there is a transaction with the branch %s", t.key.branch)
	}
	l.clients[t.key] = t
	t.take(placesOf(t.message))
	l.hold(t.ends, t)
	t.endAt = now + l.longest()
	if t.peer.Stream == nil {
		t.interval = l.cfg.T1
		t.repeatAt = now + t.interval
	}
	t.setAlarm(now)
	return nil
}

// take makes the places of the transaction so many, with the lock held.
func (t *Client) take(places int) {
	t.layer.asked.change(t.peer, places-t.places)
	t.places = places
}

// receiveResponse finds the transaction of a response.
func (l *Layer) receiveResponse(response *sip.Response) {
	key, ok := clientKeyOf(response)
	if !ok {
		return
	}
	l.mu.Lock()
	t := l.clients[key]
	if t == nil {
		l.mu.Unlock()
		l.cfg.Stray(response) // RFC 3261 §17.1.1.2
		return
	}
	event := gotFailure
	switch {
	case response.IsProvisional():
		event = gotProvisional
	case response.IsSuccess():
		event = gotSuccess
	}
	next, do := t.state.after(event, t.invite, t.peer.Stream != nil)
	user, request, ack := t.user, t.request, t.message
	over := t.enter(next)
	l.mu.Unlock()
	if do&clientAcknowledges != 0 {
		t.acknowledge(request, response, ack)
	}
	if do&clientPasses != 0 {
		user.Answered(response, nil)
	}
	if do&clientPassesAgain != 0 && user.Again != nil {
		user.Again(response)
	}
	if over != nil {
		over()
	}
}

// acknowledge sends the ACK of a failure, which is kept for when that comes again.
func (t *Client) acknowledge(invite *sip.Request, failure *sip.Response, ack []byte) {
	if invite != nil {
		ack = Encode(Ack(invite, failure))
		t.layer.mu.Lock()
		t.message = ack
		t.layer.mu.Unlock()
	}
	if ack == nil {
		return // the first is being written
	}
	if err := t.layer.send(t.peer, ack); err != nil {
		t.broken(err)
	}
}

// Terminate ends the transaction; its user hears nothing any more.
func (t *Client) Terminate() {
	t.layer.mu.Lock()
	next, _ := t.state.after(clientStops, t.invite, t.peer.Stream != nil)
	over := t.enter(next)
	t.layer.mu.Unlock()
	if over != nil {
		over()
	}
}

// broken ends the transaction because its transport failed.
func (t *Client) broken(err error) {
	t.layer.mu.Lock()
	do := t.fail(clientBreaks, err)
	t.layer.mu.Unlock()
	if do != nil {
		do()
	}
}
