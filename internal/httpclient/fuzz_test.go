package httpclient

import (
	"bufio"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// canned is a connection whose server says the same whatever it is asked, and closes.
type canned struct {
	answer *strings.Reader
	asked  chan struct{} // closed by the first write
	once   *sync.Once
}

func newCanned(answer string) canned {
	return canned{strings.NewReader(answer), make(chan struct{}), new(sync.Once)}
}

func (c canned) Read(b []byte) (int, error) { <-c.asked; return c.answer.Read(b) }
func (c canned) Write(b []byte) (int, error) {
	c.once.Do(func() { close(c.asked) })
	return len(b), nil
}
func (c canned) Close() error                     { return nil }
func (c canned) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (c canned) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (c canned) SetDeadline(time.Time) error      { return nil }
func (c canned) SetReadDeadline(time.Time) error  { return nil }
func (c canned) SetWriteDeadline(time.Time) error { return nil }

// FuzzResponse compares what is made of a response with what net/http's transport
// makes of it.
func FuzzResponse(f *testing.F) {
	log.SetOutput(io.Discard) // net/http's transport logs what it was not asked for
	for _, seed := range []string{
		ok, accepted, ok + ok,
		"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2;x=y\r\nok\r\n0\r\nT: r\r\n\r\n",
		"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nuntil the end",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
		"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
		"HTTP/1.1 200 OK\r\n folded: x\r\nContent-Length : 2\r\n\r\nok",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		dial := func(context.Context, string, string) (net.Conn, error) { return newCanned(answer), nil }
		cfg := config(&other{})
		cfg.Dial = dial
		ours := New(cfg)
		theirs := &http.Transport{DialContext: dial, DisableCompression: true, MaxResponseHeaderBytes: int64(cfg.MaxHeader)}
		defer theirs.CloseIdleConnections()
		status, body, failed := response(t, ours)
		wantStatus, want, wantFailed := response(t, theirs)
		if wantStatus < 200 {
			wantStatus, want, wantFailed = 0, "", true // neither is an answer to what was asked
		}
		if status != wantStatus || body != want || failed != wantFailed {
			t.Errorf("%d, %q, failed %t; net/http: %d, %q, failed %t", status, body, failed, wantStatus, want, wantFailed)
		}
		posted, err := ours.Post(t.Context(), targetOf(t, ours, "http://app.test/"), &Fields{}, []byte("{}"), len(answer)+1)
		if posted.Status == 0 != (err != nil) || posted.Status != 0 && posted.Status != status || posted.Status == 0 && !failed || !failed && string(posted.Body) != body {
			t.Errorf("posted: %+v, %v; %d, %q, failed %t", posted, err, status, body, failed)
		}
		if ours.pool.count != 0 {
			t.Error("a connection without a socket is kept")
		}
	})
}

func response(t *testing.T, transport http.RoundTripper) (int, string, bool) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://app.test/", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := transport.RoundTrip(req)
	if err != nil {
		return 0, "", true
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, string(text), err != nil
}

// FuzzHead: what is taken for the head of a usual response is the same to net/http.
func FuzzHead(f *testing.F) {
	for _, seed := range []string{
		ok, accepted, "HTTP/1.1 503 \r\nRETRY-AFTER: 7\r\nRetry-After: 8\r\nContent-Length:0\r\n\r\n", "HTTP/1.1 204\r\n\r\nmore",
		"HTTP/1.1 200 OK\r\nConnection: Keep-Alive\r\nKeep-Alive: timeout=5\r\ncontent-length:\t 2 \r\n\r\nok",
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\nContent-Length: 0\r\n\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, usual := readHead(bufio.NewReader(strings.NewReader(text)))
		if !usual {
			return
		}
		rest := bufio.NewReader(strings.NewReader(text))
		response, err := http.ReadResponse(rest, nil)
		if err != nil {
			t.Fatalf("%+v; net/http: %v", h, err)
		}
		if response.StatusCode != h.status || response.ContentLength != h.length || response.Close || len(response.TransferEncoding) > 0 ||
			response.Header.Get("Retry-After") != h.retryAfter || (h.length == 0) != (response.Body == http.NoBody) {
			t.Errorf("%+v; net/http: %+v", h, response)
		}
	})
}
