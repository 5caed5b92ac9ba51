package transaction

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// Server is a server transaction: a request of a peer's, until nothing of it can come
// again. The layer's lock guards all but what receiveRequest sets.
type Server struct {
	layer   *Layer
	key     Key
	request *sip.Request // until it has its final response
	peer    Peer
	ends    ends
	invite  bool
	seq     uint32 // of CSeq

	state    serverState
	kept     []byte // the last response
	places   int    // that are taken for it; 0 before the beginning and after the end
	alarm    alarm
	tryAt    instant // when 100 is due, unless something is answered before
	repeatAt instant // timer G
	interval time.Duration
	endAt    instant // timer H, I, J or L

	cancel   *sip.Request // the CANCEL that came
	err      error        // why it ended
	canceled func(*sip.Request)
	ended    func(error)
}

// keep keeps a response, with the lock held.
func (t *Server) keep(message []byte) {
	t.kept = message
	t.take(placesOf(message))
}

// take makes the places of the transaction so many, with the lock held.
func (t *Server) take(places int) {
	t.layer.served.change(t.peer, places-t.places)
	t.places = places
}

// sendTrying answers 100, unless something is answered by now.
func (t *Server) sendTrying() {
	t.layer.mu.Lock()
	if t.state != serverProceeding || t.kept != nil {
		t.layer.mu.Unlock()
		return
	}
	message := Encode(Response(t.request, sip.StatusTrying, "Trying"))
	t.keep(message)
	t.enter(serverProceeding, nil)
	t.layer.mu.Unlock()
	t.send(message)
}

// Respond sends a response. An error is ErrTransport, which ends the transaction (but see
// send), or ErrEnded where it has ended or has its final response.
func (t *Server) Respond(response *sip.Response) error {
	event := sendsFailure
	switch {
	case response.IsProvisional():
		event = sendsProvisional
	case response.IsSuccess():
		event = sendsSuccess
	}
	message := Encode(response)
	t.layer.mu.Lock()
	next, do := t.state.after(event, t.invite, t.peer.Stream != nil)
	if do != serverSends {
		t.layer.mu.Unlock()
		return ErrEnded
	}
	t.keep(message)
	over := t.enter(next, nil)
	t.layer.mu.Unlock()
	err := t.send(message)
	if over != nil {
		over()
	}
	return err
}

// Resend sends the last response again, as the user does with a 2xx that was not
// acknowledged (RFC 3261 §13.3.1.4).
func (t *Server) Resend() error {
	t.layer.mu.Lock()
	message, over := t.kept, t.state == serverTerminated
	t.layer.mu.Unlock()
	if message == nil || over {
		return ErrEnded
	}
	return t.send(message)
}

// send writes a response; where it cannot, the transaction is over. The 2xx to an INVITE
// stays where it went in a datagram: its user repeats it until the ACK (RFC 3261 §13.3.1.4),
// and the next one may leave.
func (t *Server) send(message []byte) error {
	err := t.layer.send(t.peer, message)
	if err != nil && (t.peer.Stream != nil || !t.isAccepted()) {
		t.broken(err)
	}
	return err
}

func (t *Server) isAccepted() bool {
	t.layer.mu.Lock()
	defer t.layer.mu.Unlock()
	return t.state == serverAccepted
}

// Terminate ends the transaction: what comes again is a new request.
func (t *Server) Terminate() { t.end(serverStops, ErrEnded) }

// broken ends the transaction because its transport failed.
func (t *Server) broken(err error) { t.end(serverBreaks, err) }

func (t *Server) end(event serverEvent, err error) {
	t.layer.mu.Lock()
	next, _ := t.state.after(event, t.invite, t.peer.Stream != nil)
	over := t.enter(next, err)
	t.layer.mu.Unlock()
	if over != nil {
		over()
	}
}
