package transaction

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
)

// begin lets a request arrive that is new.
func (w *wire) begin(t *testing.T, r *sip.Request, from Peer) *Server {
	t.Helper()
	before := len(w.requests)
	w.Receive(r, from)
	if len(w.requests) != before+1 {
		t.Fatalf("%d requests were given to the user, want one more than %d", len(w.requests), before)
	}
	return w.requests[before]
}

func TestTryingIsSentWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		slow := w.begin(t, request(t, "INVITE", "slow"), phone)
		quick := w.begin(t, request(t, "INVITE", "quick"), phone)
		pass(100 * time.Millisecond)
		quick.Respond(Response(request(t, "INVITE", "quick"), 180, "Ringing"))
		pass(time.Second)
		w.wants(t, "the slow one alone", "100 SIP/2.0 180 Ringing", "160 SIP/2.0 100 Trying")
		w.Receive(request(t, "INVITE", "slow"), phone)
		w.wants(t, "the INVITE again", "1100 SIP/2.0 100 Trying")
		slow.Terminate()
		quick.Terminate()
		w.begin(t, request(t, "INVITE", "again"), phone)
		w.Receive(request(t, "INVITE", "again"), phone)
		w.wants(t, "an INVITE again before its time", "1100 SIP/2.0 100 Trying")
		w.Close()
		w.isEmpty(t)
	})
}

func TestStreamThatTakesNothingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, stuck := newWire(0), make(chan struct{})
		send := w.cfg.Send
		w.cfg.Send = func(to Peer, message []byte) error {
			if to.Stream != nil {
				<-stuck
			}
			return send(to, message)
		}
		over := request(t, "INVITE", "a")
		over.SetTransport("TCP")
		w.begin(t, over, Peer{Stream: &fakeStream{}})
		w.begin(t, request(t, "INVITE", "b"), phone)
		pass(time.Second)
		w.wants(t, "over UDP", "160 SIP/2.0 100 Trying")
		close(stuck)
		pass(time.Second)
		w.wants(t, "over the stream", "1000 SIP/2.0 100 Trying")
		w.Close()
		w.isEmpty(t)
	})
}

// TestBranchThatIsUsedAgainIsAnotherRequest as some phones do that are challenged: with the next
// CSeq it is no repetition.
func TestBranchThatIsUsedAgainIsAnotherRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, acknowledged := range []bool{true, false} {
			w := newWire(0)
			first := w.begin(t, request(t, "INVITE", "a"), phone)
			if err := first.Respond(Response(request(t, "INVITE", "a"), 401, "Unauthorized")); err != nil {
				t.Fatal(err)
			}
			if acknowledged {
				w.Receive(request(t, "ACK", "a"), phone)
			}
			w.Receive(request(t, "INVITE", "a"), phone)
			if len(w.requests) != 1 {
				t.Error("the same again is given to the user")
			}
			next := request(t, "INVITE", "a")
			next.CSeq().SeqNo++
			if err := w.begin(t, next, phone).Respond(Response(next, 200, "OK")); err != nil {
				t.Error(err)
			}
			pass(33 * time.Second)
			w.isEmpty(t)
		}
	})
}

func TestFailureOfINVITEIsRepeatedUntilItsACK(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		if err := tx.Respond(Response(request(t, "INVITE", "a"), 486, "Busy")); err != nil {
			t.Fatal(err)
		}
		pass(8 * time.Second)
		w.wants(t, "timer G", "0 SIP/2.0 486 Busy", "500 SIP/2.0 486 Busy", "1500 SIP/2.0 486 Busy", "3500 SIP/2.0 486 Busy", "7500 SIP/2.0 486 Busy")
		if err := tx.Respond(Response(request(t, "INVITE", "a"), 200, "OK")); !errors.Is(err, ErrEnded) {
			t.Errorf("a second final response: %v", err)
		}
		w.Receive(request(t, "INVITE", "a"), phone)
		w.wants(t, "the INVITE again", "8000 SIP/2.0 486 Busy")
		w.Receive(request(t, "ACK", "a"), phone)
		w.Receive(request(t, "INVITE", "a"), phone)
		pass(6 * time.Second)
		w.wants(t, "after the ACK")
		w.isEmpty(t)
	})
}

func TestFailureWithoutACKIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, ended := newWire(0), &heard{}
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		tx.Watch(nil, ended.fail)
		tx.Respond(Response(request(t, "INVITE", "a"), 486, "Busy"))
		pass(31 * time.Second)
		if ended.failure() != nil {
			t.Error("it ends before timer H")
		}
		pass(2 * time.Second)
		if err := ended.failure(); !errors.Is(err, ErrTimeout) {
			t.Errorf("its end is told as %v", err)
		}
		w.isEmpty(t)
	})
}

func TestSuccessOfINVITEIsRepeatedByItsUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		tx.Respond(Response(request(t, "INVITE", "a"), 200, "OK"))
		w.Receive(request(t, "INVITE", "a"), phone) // absorbed: RFC 6026
		pass(20 * time.Second)
		if err := tx.Resend(); err != nil {
			t.Error(err)
		}
		w.wants(t, "the first and the user's", "0 SIP/2.0 200 OK", "20000 SIP/2.0 200 OK")
		tx.Terminate()
		if err := tx.Resend(); !errors.Is(err, ErrEnded) {
			t.Errorf("after the end: %v", err)
		}
		w.isEmpty(t)
	})
}

func TestOtherRequestsKeepTheirAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		tx := w.begin(t, request(t, "INFO", "a"), phone)
		w.Receive(request(t, "INFO", "a"), phone) // before the answer: absorbed
		tx.Respond(Response(request(t, "INFO", "a"), 200, "OK"))
		pass(30 * time.Second)
		w.Receive(request(t, "INFO", "a"), phone)
		w.wants(t, "the answer twice", "0 SIP/2.0 200 OK", "30000 SIP/2.0 200 OK")
		pass(3 * time.Second)
		w.isEmpty(t)
		unanswered := w.begin(t, request(t, "INFO", "b"), phone)
		pass(33 * time.Second)
		if err := unanswered.Respond(Response(request(t, "INFO", "b"), 200, "OK")); !errors.Is(err, ErrEnded) {
			t.Errorf("an answer that nobody waits for any more: %v", err)
		}
		w.wants(t, "RFC 4320")
		w.isEmpty(t)
	})
}

func TestCancelEndsAnINVITEOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, canceled := newWire(0), 0
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		tx.Watch(func(*sip.Request) {
			canceled++
			if err := tx.Respond(Response(request(t, "INVITE", "a"), 200, "OK")); !errors.Is(err, ErrEnded) {
				t.Errorf("an answer after the CANCEL: %v", err)
			}
		}, nil)
		w.Receive(request(t, "CANCEL", "a"), phone)
		w.Receive(request(t, "CANCEL", "a"), phone)
		w.wants(t, "CANCEL twice", "0 SIP/2.0 200 OK", "0 SIP/2.0 487 Request Terminated", "0 SIP/2.0 200 OK")
		if canceled != 1 {
			t.Errorf("the user hears of %d CANCELs", canceled)
		}
		w.Receive(request(t, "ACK", "a"), phone)
		answered := w.begin(t, request(t, "INVITE", "b"), phone)
		answered.Respond(Response(request(t, "INVITE", "b"), 200, "OK"))
		answered.Watch(func(*sip.Request) { t.Error("a call that was answered is canceled") }, nil)
		w.Receive(request(t, "CANCEL", "b"), phone)
		w.wants(t, "CANCEL too late", "0 SIP/2.0 200 OK", "0 SIP/2.0 200 OK")
		w.begin(t, request(t, "CANCEL", "of nothing"), phone).Respond(Response(request(t, "CANCEL", "of nothing"), 481, "x"))
		w.Close()
		w.isEmpty(t)
	})
}

func TestWhatHappenedBeforeWatchIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		w.Receive(request(t, "CANCEL", "a"), phone)
		tx.Terminate()
		canceled, ended := false, error(nil)
		tx.Watch(func(c *sip.Request) { canceled = c.IsCancel() }, func(err error) { ended = err })
		if !canceled || !errors.Is(ended, ErrEnded) {
			t.Errorf("canceled %t, ended %v", canceled, ended)
		}
		w.isEmpty(t)
	})
}

func TestRequestsOfOldPhonesAreMatched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(0)
		tx := w.begin(t, request(t, "INVITE", ""), phone)
		tx.Respond(Response(request(t, "INVITE", ""), 486, "Busy"))
		w.Receive(request(t, "INVITE", ""), phone)
		w.Receive(request(t, "ACK", ""), phone)
		w.wants(t, "both", "0 SIP/2.0 486 Busy", "0 SIP/2.0 486 Busy")
		pass(6 * time.Second)
		w.isEmpty(t)
	})
}

func TestAnotherTransportIsAnotherTransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, over := newWire(0), &fakeStream{}
		invite := request(t, "INVITE", "a")
		invite.SetTransport("TCP")
		tx := w.begin(t, invite, Peer{Stream: over})
		tx.Watch(func(*sip.Request) { t.Error("a datagram cancels a call over a connection") }, nil)
		w.begin(t, request(t, "CANCEL", "a"), phone)
		bye, h := request(t, "BYE", "b"), &heard{}
		bye.SetTransport("TCP")
		if _, err := w.Request(bye, Peer{Stream: over}, h.user()); err != nil {
			t.Fatal(err)
		}
		w.Receive(answer(request(t, "BYE", "b"), 200), Peer{})
		h.wants(t, nil, nil)
		if w.strays != 1 {
			t.Errorf("%d responses are of no transaction", w.strays)
		}
		w.Close()
		w.isEmpty(t)
	})
}

func TestTransactionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWire(1)
		w.begin(t, request(t, "INFO", "a"), phone)
		w.Receive(request(t, "INFO", "b"), phone)
		w.Receive(request(t, "ACK", "c"), phone)
		w.wants(t, "the second", "0 SIP/2.0 503 Service Unavailable")
		if _, err := w.Request(request(t, "OPTIONS", "d"), phone, (&heard{}).user()); err != nil {
			t.Error(err)
		}
		if _, err := w.Request(request(t, "OPTIONS", "e"), phone, User{}); !errors.Is(err, ErrTooMany) {
			t.Errorf("the second of ours: %v", err)
		}
		w.Close()
		w.isEmpty(t)
	})
}

func TestRequestWithoutKeyGets400(t *testing.T) {
	t.Parallel()
	w := newWire(0)
	broken := request(t, "INFO", "a")
	broken.RemoveHeader("CSeq")
	w.Receive(broken, phone)
	if len(w.sent) != 1 || len(w.requests) != 0 {
		t.Errorf("sent %q, given to the user %d", w.sent, len(w.requests))
	}
}

func TestTransportThatBreaksEndsTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, ended := newWire(0), &heard{}
		tx := w.begin(t, request(t, "INVITE", "a"), phone)
		tx.Watch(nil, ended.fail)
		w.broken = errCable
		if err := tx.Respond(Response(request(t, "INVITE", "a"), 180, "Ringing")); !errors.Is(err, ErrTransport) || !errors.Is(err, errCable) {
			t.Errorf("the response: %v", err)
		}
		if err := ended.failure(); !errors.Is(err, errCable) {
			t.Errorf("the user hears %v", err)
		}
		if _, err := w.Request(request(t, "OPTIONS", "b"), phone, User{}); !errors.Is(err, errCable) {
			t.Errorf("a request: %v", err)
		}
		w.isEmpty(t)
	})
}

func TestStreamThatClosesEndsItsTransactions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, closes, stays := newWire(0), &fakeStream{remote: 1}, &fakeStream{remote: 2}
		ended, failed := &heard{}, &heard{}
		w.begin(t, request(t, "INVITE", "a"), Peer{Stream: closes}).Watch(nil, ended.fail)
		other := w.begin(t, request(t, "INVITE", "b"), Peer{Stream: stays})
		if _, err := w.Request(request(t, "OPTIONS", "c"), Peer{Stream: closes}, failed.user()); err != nil {
			t.Fatal(err)
		}
		w.StreamClosed(closes.LocalAddr().String(), closes.RemoteAddr().String())
		synctest.Wait()
		if !errors.Is(ended.failure(), ErrTransport) || !errors.Is(failed.failure(), ErrTransport) {
			t.Errorf("the users hear %v and %v", ended.failure(), failed.failure())
		}
		if err := other.Respond(Response(request(t, "INVITE", "b"), 486, "Busy")); err != nil {
			t.Errorf("the other stream: %v", err)
		}
		w.Receive(request(t, "ACK", "b"), Peer{Stream: stays})
		w.isEmpty(t)
		if closes.refs != 0 || stays.refs != 0 {
			t.Errorf("references left: %d and %d", closes.refs, stays.refs)
		}
	})
}

// TestAnswerThatCouldNotBeSentIsRepeated asks that an INVITE's 2xx in a datagram is sent
// again after an error, which may pass, and over a stream not.
func TestAnswerThatCouldNotBeSentIsRepeated(t *testing.T) {
	t.Parallel()
	for what, from := range map[string]Peer{"datagrams": phone, "stream": {Stream: &fakeStream{remote: 5060}}} {
		synctest.Test(t, func(t *testing.T) {
			w, invite := newWire(0), request(t, "INVITE", "a")
			w.Receive(invite, from)
			w.broken = errCable
			if err := w.requests[0].Respond(answer(invite, 200)); !errors.Is(err, ErrTransport) {
				t.Errorf("%s: Respond returns %v", what, err)
			}
			_ = w.requests[0].Resend()
			w.broken = nil
			if err := w.requests[0].Resend(); (err == nil) != (from.Stream == nil) {
				t.Errorf("%s: Resend returns %v", what, err)
			}
			if from.Stream == nil {
				w.wants(t, what, "0 SIP/2.0 200 x")
			}
			pass(33 * time.Second)
			w.isEmpty(t)
		})
	}
}
