package transaction

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// heard is what a user of a client transaction hears.
type heard struct {
	mu       sync.Mutex
	statuses []int
	again    []int
	err      error
}

func (h *heard) user() User {
	return User{
		Answered: func(r *sip.Response, err error) {
			if err != nil {
				h.fail(err)
				return
			}
			h.mu.Lock()
			defer h.mu.Unlock()
			h.statuses = append(h.statuses, r.StatusCode)
		},
		Again: func(r *sip.Response) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.again = append(h.again, r.StatusCode)
		},
	}
}

func (h *heard) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = err
}

func (h *heard) failure() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// wants compares the statuses, and those of further 2xx.
func (h *heard) wants(t *testing.T, statuses, again []int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.statuses, statuses) || !slices.Equal(h.again, again) || h.err != nil {
		t.Errorf("heard %v, then %v, %v; want %v, %v", h.statuses, h.again, h.err, statuses, again)
	}
}

// send sends a request.
func (w *wire) send(t *testing.T, r *sip.Request, h *heard) *Client {
	t.Helper()
	tx, err := w.Request(r, phone, h.user())
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func TestINVITEIsRepeatedUntilItIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h := newWire(0), &heard{}
		w.send(t, request(t, "INVITE", "a"), h)
		pass(33 * time.Second)
		line := " INVITE sip:alice@example.com SIP/2.0"
		w.wants(t, "timer A", "0"+line, "500"+line, "1500"+line, "3500"+line, "7500"+line, "15500"+line, "31500"+line)
		if err := h.failure(); !errors.Is(err, ErrTimeout) {
			t.Errorf("the user hears %v", err)
		}
		w.isEmpty(t)
	})
}

func TestRingingEndsTheRepetition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, invite := newWire(0), &heard{}, request(t, "INVITE", "a")
		w.send(t, invite, h)
		w.Receive(answer(invite, 180), Peer{})
		pass(10 * time.Minute)
		w.wants(t, "one", "0 INVITE sip:alice@example.com SIP/2.0")
		w.Receive(answer(invite, 200), Peer{})
		w.Receive(answer(invite, 200), Peer{})
		w.Receive(answer(invite, 486), Peer{}) // of a branch that is late
		h.wants(t, []int{180, 200}, []int{200})
		pass(33 * time.Second)
		w.Receive(answer(invite, 200), Peer{})
		if w.strays != 1 {
			t.Errorf("%d responses without a transaction", w.strays)
		}
		w.isEmpty(t)
	})
}

// TestCanceledINVITEEndsWithoutItsAnswer asks RFC 3261 §9.1 of a phone that rang and is gone:
// 64*T1 after the CANCEL nothing is kept, whatever else it says.
func TestCanceledINVITEEndsWithoutItsAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, canceled, invite := newWire(0), &heard{}, &heard{}, request(t, "INVITE", "a")
		w.send(t, invite, h)
		w.Receive(answer(invite, 180), Peer{})
		pass(time.Hour)
		if _, clients := w.Count(); clients != 1 {
			t.Fatalf("%d transactions after an hour of ringing", clients)
		}
		w.send(t, request(t, "CANCEL", "a"), canceled)
		pass(31 * time.Second)
		w.Receive(answer(invite, 180), Peer{})
		if err := h.failure(); err != nil {
			t.Errorf("31 s after the CANCEL: %v", err)
		}
		pass(2 * time.Second)
		for _, failure := range []error{h.failure(), canceled.failure()} {
			if !errors.Is(failure, ErrTimeout) {
				t.Errorf("33 s after the CANCEL: %v", failure)
			}
		}
		w.isEmpty(t)
	})
}

// TestINVITEInsideADialogEndsWithoutItsAnswer asks for timer C: a peer that answers 100 and
// then nothing is not waited for without end.
func TestINVITEInsideADialogEndsWithoutItsAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, invite := newWire(0), &heard{}, request(t, "INVITE", "a")
		invite.To().Params.Add("tag", "theirs")
		w.send(t, invite, h)
		for range 2 { // each 1xx begins it anew
			w.Receive(answer(invite, 100), Peer{})
			pass(3 * time.Minute)
		}
		h.wants(t, []int{100, 100}, nil)
		pass(15 * time.Second)
		if err := h.failure(); !errors.Is(err, ErrTimeout) {
			t.Errorf("the user hears %v", err)
		}
		w.isEmpty(t)
	})
}

func TestFailureIsAcknowledgedEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, invite := newWire(0), &heard{}, request(t, "INVITE", "a")
		w.send(t, invite, h)
		for range 2 {
			w.Receive(answer(invite, 486), Peer{})
		}
		w.wants(t, "two ACKs", "0 INVITE sip:alice@example.com SIP/2.0", "0 ACK sip:alice@example.com SIP/2.0", "0 ACK sip:alice@example.com SIP/2.0")
		h.wants(t, []int{486}, nil)
		pass(33 * time.Second)
		w.isEmpty(t)
	})
}

func TestOtherRequestsAreRepeatedUntilTheirFinalResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, bye := newWire(0), &heard{}, request(t, "BYE", "a")
		w.send(t, bye, h)
		pass(time.Second)
		w.Receive(answer(bye, 100), Peer{})
		pass(9 * time.Second)
		line := " BYE sip:alice@example.com SIP/2.0"
		w.wants(t, "timer E", "0"+line, "500"+line, "1500"+line, "5500"+line, "9500"+line)
		w.Receive(answer(bye, 200), Peer{})
		w.Receive(answer(bye, 200), Peer{})
		h.wants(t, []int{100, 200}, nil)
		if w.strays != 0 {
			t.Errorf("%d responses have no transaction", w.strays)
		}
		pass(6 * time.Second)
		w.isEmpty(t)
		w.send(t, request(t, "BYE", "b"), h)
		pass(33 * time.Second)
		if err := h.failure(); !errors.Is(err, ErrTimeout) {
			t.Errorf("the user hears %v", err)
		}
		w.isEmpty(t)
	})
}

func TestCloseTellsUsers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, h, stopped := newWire(0), &heard{}, &heard{}
		w.send(t, request(t, "BYE", "a"), h)
		w.send(t, request(t, "BYE", "b"), stopped).Terminate()
		if _, err := w.Request(request(t, "BYE", "a"), phone, User{}); err == nil {
			t.Error("a second request with the same branch is sent")
		}
		w.Close()
		if err := h.failure(); !errors.Is(err, ErrEnded) || stopped.failure() != nil {
			t.Errorf("heard %v, and %v by who had stopped", err, stopped.failure())
		}
		if _, err := w.Request(request(t, "BYE", "c"), phone, User{}); !errors.Is(err, ErrEnded) {
			t.Errorf("a request after the end: %v", err)
		}
		w.isEmpty(t)
	})
}

// TestUserHearsOnceOfAConnectionThatClosesUnderARequest asks that a failure to write is not
// told a second time.
func TestUserHearsOnceOfAConnectionThatClosesUnderARequest(t *testing.T) {
	t.Parallel()
	for _, closes := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w, h, stream := newWire(0), &heard{}, &fakeStream{refs: 1, remote: 5060}
			w.cfg.Send = func(Peer, []byte) error {
				if closes {
					w.StreamClosed(stream.LocalAddr().String(), stream.RemoteAddr().String())
					synctest.Wait()
				}
				return errCable
			}
			_, err := w.Request(request(t, "INVITE", "a"), Peer{Stream: stream}, h.user())
			if returned, heard := err != nil, h.failure() != nil; returned == closes || heard != closes {
				t.Errorf("closes %v: Request returns %v, the user hears %v", closes, err, h.failure())
			}
			w.isEmpty(t)
			if stream.refs != 1 {
				t.Errorf("the connection has %d references", stream.refs)
			}
		})
	}
}
