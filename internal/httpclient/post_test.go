package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// way is how a test makes its requests.
type way func(*Transport) http.RoundTripper

// ways are RoundTrip, and Post in its place.
var ways = map[string]way{
	"RoundTrip": func(t *Transport) http.RoundTripper { return t },
	"Post":      func(t *Transport) http.RoundTripper { return posting{t} },
}

// posting is an http.RoundTripper that makes its requests by Post.
type posting struct{ *Transport }

func (p posting) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	fields := &Fields{}
	for name, values := range req.Header {
		fields.Set(name, values[0])
	}
	err = ErrUnusual
	var answer Answer
	if target := p.Target(req.URL); target != nil {
		answer, err = p.Post(req.Context(), target, fields, body, maxAnswer)
	}
	if errors.Is(err, ErrUnusual) {
		req.Body, _ = req.GetBody()
		return p.Transport.RoundTrip(req)
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: answer.Status, Header: http.Header{"Retry-After": {answer.RetryAfter}}, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)),
	}, nil
}

// TestPostSendsWhatRoundTripSends: fields have the same names and values, whatever
// their order.
func TestPostSendsWhatRoundTripSends(t *testing.T) {
	got := map[string]*http.Request{}
	for name, way := range ways {
		taken := make(chan *http.Request, 1)
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Header.Set("Body", string(body))
			taken <- r
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		c := &http.Client{Transport: way(New(config(&other{})))}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, server+"/a%20b/ü?x=1&y=%2F", strings.NewReader("{}"))
		for name, value := range map[string]string{"content-type": "application/json", "X-Own": "  blanks\taround ", "Authorization": "Bearer t", "User-Agent": "test"} {
			req.Header.Set(name, value)
		}
		answer, err := c.Do(req)
		if err != nil || answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") != "7" {
			t.Fatalf("%s: %v, %v", name, answer, err)
		}
		got[name] = <-taken
	}
	one, two := got["RoundTrip"], got["Post"]
	one.Header.Del("Accept-Encoding")
	if one.RequestURI != two.RequestURI || !equal(one.Header, two.Header) || one.ContentLength != two.ContentLength {
		t.Errorf("RoundTrip sends %s %v, Post %s %v", one.RequestURI, one.Header, two.RequestURI, two.Header)
	}
}

func equal(a, b http.Header) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if len(a[name]) != 1 || len(b[name]) != 1 || a[name][0] != b[name][0] {
			return false
		}
	}
	return true
}

// TestPostKeepsTheStatusOfABodyThatNeverEnds: what comes after the header has its own
// limit of time, and the connection is not used again.
func TestPostKeepsTheStatusOfABodyThatNeverEnds(t *testing.T) {
	to, dialled := script(t, []string{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", ok}, []string{ok})
	c := New(config(&other{}))
	defer c.CloseIdleConnections()
	target := targetOf(t, c, to)
	if a, err := c.Post(t.Context(), target, &Fields{}, []byte("{}"), 256); err != nil || a.Status != 200 || string(a.Body) != "half" {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := c.Post(t.Context(), target, &Fields{}, []byte("{}"), 1); err != nil || a.Status != 200 || string(a.Body) != "o" || dialled.Load() != 2 {
		t.Errorf("%+v, %v, %d connections", a, err, dialled.Load())
	}
}

// TestPostEndsWithItsContext: with the cause of its end.
func TestPostEndsWithItsContext(t *testing.T) {
	why := errors.New("its subscription was deleted")
	to, _ := script(t, []string{""})
	c := New(config(&other{}))
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	if a, err := c.Post(ctx, targetOf(t, c, to), &Fields{}, []byte("{}"), 1); !errors.Is(err, why) {
		t.Errorf("%+v, %v", a, err)
	}
	if a, err := c.Post(ctx, targetOf(t, c, to), &Fields{}, []byte("{}"), 1); !errors.Is(err, why) {
		t.Errorf("after its end: %+v, %v", a, err)
	}
}

func TestUnusualTargetsAreNotPrepared(t *testing.T) {
	c := New(config(&other{}))
	for _, to := range []string{"ftp://app.test/", "http://user:secret@app.test/", "http://münchen.test/", "http://app.test:/", "http://app.test/?a b", "http:app.test"} {
		if target := c.Target(parsed(t, to)); target != nil {
			t.Errorf("%s: %s", to, target.head)
		}
	}
	for to, want := range map[string]string{
		"http://app.test":             "POST / HTTP/1.1\r\nHost: app.test\r\n",
		"https://[::1]:8443/x?y":      "POST /x?y HTTP/1.1\r\nHost: [::1]:8443\r\n",
		"http://app.test:80/a%2Fb?#f": "POST /a%2Fb? HTTP/1.1\r\nHost: app.test:80\r\n",
	} {
		if target := c.Target(parsed(t, to)); target == nil || string(target.head) != want {
			t.Errorf("%s: %+v", to, target)
		}
	}
}

// TestPostDoesNotAllocate where the answer has no body and the context can be watched.
func TestPostDoesNotAllocate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // no other goroutine allocates
		c := newConn(endless{}, &pool{}, address{}, 4<<10)
		ctx := &watched{Context: context.Background()}
		request := []byte("POST / HTTP/1.1\r\n\r\n")
		allocations := testing.AllocsPerRun(100, func() {
			if a, err := c.post(ctx, request, 256); err != nil || a.Status != 202 {
				t.Fatalf("%+v, %v", a, err)
			}
		})
		if allocations > 0 || ctx.watched != 0 {
			t.Errorf("%.0f objects a request", allocations)
		}
	})
}

// watched is a context that can be watched.
type watched struct {
	context.Context
	watched int
}

func (w *watched) Watch(func())  { w.watched++ }
func (w *watched) Unwatch() bool { w.watched--; return true }

// endless is a connection that answers each request at once.
type endless struct{ canned }

func (endless) Read(b []byte) (int, error)  { return copy(b, accepted), nil }
func (endless) Write(b []byte) (int, error) { return len(b), nil }

// TestPostReadsNoMoreOfALongAnswer asks that what is left of a body in chunks is not read:
// the connection ends instead.
func TestPostReadsNoMoreOfALongAnswer(t *testing.T) {
	t.Parallel()
	if !canPeek {
		t.Skip("here RoundTrip makes all requests")
	}
	const most = 4 << 20
	sent := make(chan int, 1)
	transport := New(Config{MaxHeader: 4096, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			defer far.Close()
			n := 0
			defer func() { sent <- n }()
			if _, err := http.ReadRequest(bufio.NewReader(far)); err != nil {
				return
			}
			fmt.Fprint(far, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for chunk := strings.Repeat("x", 4096); n < most; n += len(chunk) {
				if _, err := fmt.Fprintf(far, "%x\r\n%s\r\n", len(chunk), chunk); err != nil {
					return
				}
			}
		}()
		return near, nil
	}})
	u, err := url.Parse("http://app.example/events")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := transport.Post(t.Context(), transport.Target(u), &Fields{}, []byte("x"), 10)
	if err != nil || answer.Status != http.StatusOK || string(answer.Body) != "xxxxxxxxxx" {
		t.Errorf("got %+v, %v", answer, err)
	}
	if n := <-sent; n > 2*maxAnswer {
		t.Errorf("%d bytes of the answer are read", n)
	}
}
