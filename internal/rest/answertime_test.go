package rest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/auth/authtest"
)

// timed is a ResponseWriter with a limit on the time of its answer.
type timed struct {
	*httptest.ResponseRecorder
	until  time.Time
	lifted bool // at some time
}

// SetWriteDeadline is what http.ResponseController asks for.
func (w *timed) SetWriteDeadline(t time.Time) error {
	w.until, w.lifted = t, w.lifted || t.IsZero()
	return nil
}

// TestAnswersOfTheKnownTakeTheirTime: the limit that the server sets holds for those who
// have shown no credentials. Others have one for each part of the answer.
func TestAnswersOfTheKnownTakeTheirTime(t *testing.T) {
	f := newFixture(t)
	f.Handle(http.MethodGet, "/own", func(http.ResponseWriter, *http.Request) error { return nil }, NoVersion())
	f.Handle(http.MethodGet, "/open", func(http.ResponseWriter, *http.Request) error { return nil }, NoVersion(), NoAuth())
	for _, test := range []struct {
		path   string
		signed bool
		lifted bool
	}{{"/own", true, true}, {"/own", false, false}, {"/open", true, false}} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost:8443"+test.path, nil)
		if test.signed {
			if err := authtest.Sign(r, nil, f.key.Base64(), f.now); err != nil {
				t.Fatal(err)
			}
		}
		servers := time.Now().Add(time.Hour)
		w := &timed{ResponseRecorder: httptest.NewRecorder(), until: servers}
		f.ServeHTTP(w, r)
		if own := w.until != servers; w.lifted != test.lifted || own != test.lifted || own && time.Until(w.until) > answerPatience {
			t.Errorf("%s, signed %v: status %d, lifted %v, the limit is %v", test.path, test.signed, w.Code, w.lifted, w.until)
		}
	}
}

// only is a listener with one connection.
type only struct {
	conn chan net.Conn
	net.Listener
}

func (o only) Accept() (net.Conn, error) {
	if conn, ok := <-o.conn; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (only) Close() error   { return nil }
func (only) Addr() net.Addr { return &net.TCPAddr{} }

// TestWhoTakesNoAnswerLosesItsConnection, also where it has shown credentials; who takes it
// slowly gets all of it.
func TestWhoTakesNoAnswerLosesItsConnection(t *testing.T) {
	const size = 8 * answerPart
	for _, test := range []struct {
		name  string
		pause time.Duration // of the client, after each part
		whole bool
	}{{"slow", answerPatience * 3 / 4, true}, {"never", time.Hour, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t)
				f.now = time.Now()
				left := make(chan time.Duration, 1)
				f.Handle(http.MethodGet, "/long", func(w http.ResponseWriter, _ *http.Request) error {
					began := time.Now()
					_, err := io.WriteString(w, strings.Repeat("x", size))
					left <- time.Since(began)
					return notGone(err)
				}, NoVersion())
				server := &http.Server{Handler: f, WriteTimeout: time.Second}
				ours, theirs := net.Pipe()
				listener := only{conn: make(chan net.Conn, 1)}
				listener.conn <- ours
				go server.Serve(listener)
				defer server.Close()
				defer close(listener.conn)
				r := httptest.NewRequest(http.MethodGet, "http://localhost:8443/long", nil)
				if err := authtest.Sign(r, nil, f.key.Base64(), f.now); err != nil {
					t.Fatal(err)
				}
				fmt.Fprint(theirs, "GET /long HTTP/1.1\r\nHost: localhost:8443\r\n")
				r.Header.Write(theirs)
				fmt.Fprint(theirs, "\r\n")
				got := 0
				answer, err := http.ReadResponse(bufio.NewReader(theirs), r)
				if err != nil {
					t.Fatal(err)
				}
				for err == nil {
					time.Sleep(test.pause)
					var n int64
					n, err = io.CopyN(io.Discard, answer.Body, answerPart)
					got += int(n)
				}
				theirs.Close()
				if took := <-left; got == size != test.whole || !test.whole && took > 2*answerPatience {
					t.Errorf("%d of %d bytes came; the handler had to wait for %v", got, size, took)
				}
			})
		})
	}
}
