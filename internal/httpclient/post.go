package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"time"
)

// Bounds of what Post reads of a response's body.
const (
	// maxAnswer, in bytes, is enough to use the connection again.
	maxAnswer = 64 << 10
	// answerTimeout is for what comes after the header. The status has been given, and
	// what trickles in is worth no more.
	answerTimeout = 2 * time.Second
)

// ErrUnusual is what Post returns of requests that it does not make. RoundTrip takes
// them; nothing was sent.
var ErrUnusual = errors.New("the request is not a usual one")

// Answer is a response as Post reads it.
type Answer struct {
	Status     int
	RetryAfter string // the field's value; "" if there is none
	Body       []byte // its beginning; it may have been cut off by the server or by time
}

// Post makes a request without the objects of net/http, as RoundTrip makes it with them:
// what it says of connections that are kept, and of requests that are repeated, is so
// here too. It returns keep bytes of the response's body at most.
func (t *Transport) Post(ctx context.Context, to *Target, fields *Fields, body []byte, keep int) (Answer, error) {
	if len(body) == 0 || len(body) > maxBody || t.isNewer(to.to) || !fields.areUsual() {
		return Answer{}, ErrUnusual
	}
	if ctx.Err() != nil {
		return Answer{}, context.Cause(ctx)
	}
	text := requests.Get().(*bytes.Buffer)
	defer requests.Put(text)
	text.Reset()
	request := append(text.AvailableBuffer(), to.head...)
	request = append(strconv.AppendInt(append(request, "Content-Length: "...), int64(len(body)), 10), "\r\n"...)
	request = append(append(fields.appendTo(request), "\r\n"...), body...)
	text.Write(request) // which keeps its memory
	for c := t.pool.takeUnseen(to.to); c != nil; c = t.pool.takeUnseen(to.to) {
		answer, err := c.post(ctx, text.Bytes(), keep)
		if err == nil || !c.lost(ctx, err) {
			return answer, err
		}
		if err != errSpoke {
			break
		}
	}
	c, err := t.dial(ctx, to.to)
	if errors.Is(err, errNewer) {
		t.noteNewer(to.to)
		return Answer{}, ErrUnusual
	}
	if err != nil {
		return Answer{}, err
	}
	return c.post(ctx, text.Bytes(), keep)
}

// post makes a request, and keeps the connection or closes it. If the server has ended a kept
// connection, or has spoken before the request, it returns errSpoke.
func (c *conn) post(ctx context.Context, request []byte, keep int) (Answer, error) {
	c.read, c.left, c.failed = 0, int64(c.maxHeader), nil
	if c.kept && !c.asksInOnePass() && !c.silent() {
		c.Close()
		return Answer{}, errSpoke
	}
	stop := c.watch(ctx)
	reader := readers.Get().(*bufio.Reader)
	reader.Reset(c)
	var answer Answer
	whole := false
	err := c.send(request, reader)
	if err == nil {
		answer, whole, err = c.answer(ctx, reader, keep)
	}
	whole = whole && err == nil && c.failed == nil && reader.Buffered() == 0
	reader.Reset(nil)
	readers.Put(reader)
	if watched := stop.inTime(); watched && whole && c.look != nil { // else ctx has ended, and with it the connection
		c.pool.put(c)
		return answer, nil
	}
	c.Close()
	switch {
	case err == nil:
		return answer, nil
	case ctx.Err() != nil:
		return Answer{}, context.Cause(ctx)
	case c.failed != nil:
		return Answer{}, c.failed
	default:
		return Answer{}, err
	}
}

// Watched is a context that tells one watcher of its end and takes no memory for it.
// Every other context is watched with context.AfterFunc.
type Watched interface {
	context.Context
	// Watch has end called when the context ends, at once if it has ended.
	Watch(end func())
	// Unwatch takes the watcher away, and reports whether the context has not ended.
	Unwatch() bool
}

// watch is the watch of a context while a request is made.
type watch struct {
	own  Watched // nil: stop is given
	stop func() bool
}

// watch lets the end of a context interrupt the request.
func (c *conn) watch(ctx context.Context) watch {
	if own, ok := ctx.(Watched); ok {
		own.Watch(c.onEnd)
		return watch{own: own}
	}
	return watch{stop: context.AfterFunc(ctx, c.onEnd)}
}

// inTime ends the watch, and reports whether the context had not ended.
func (w watch) inTime() bool {
	if w.own != nil {
		return w.own.Unwatch()
	}
	return w.stop()
}

// interrupt ends reads and writes at once.
func (c *conn) interrupt() { _ = c.SetDeadline(past) }

// answer reads a response. Whole tells that nothing of it is left, and that it does
// not end the connection. An error means that there is no status. The caller has set the
// bound of the header fields.
func (c *conn) answer(ctx context.Context, reader *bufio.Reader, keep int) (a Answer, whole bool, err error) {
	if head, usual := readHead(reader); usual {
		c.left = math.MaxInt64
		a.Status, a.RetryAfter = head.status, head.retryAfter
		a.Body, whole = c.lengthy(ctx, reader, head.length, keep)
		return a, whole, nil
	}
	response, err := c.header(reader, nil)
	if err != nil {
		return a, false, err
	}
	// The body is not closed: net/http would read what is left of it, whatever its length.
	a.Status, a.RetryAfter = response.StatusCode, response.Header.Get("Retry-After")
	a.Body, whole = c.body(ctx, response.Body, keep)
	return a, whole && !response.Close, nil
}

// lengthy reads a body of a length, which mostly has come with its head.
func (c *conn) lengthy(ctx context.Context, reader *bufio.Reader, length int64, keep int) (kept []byte, whole bool) {
	if length > int64(reader.Buffered()) {
		limited := io.LimitedReader{R: reader, N: length}
		kept, whole = c.body(ctx, &limited, keep)
		return kept, whole && limited.N == 0
	}
	if length > 0 {
		text, _ := reader.Peek(int(length))
		kept = bytes.Clone(text[:min(len(text), keep)])
		_, _ = reader.Discard(len(text))
	}
	return kept, true
}

// body reads a body, and returns its beginning and whether it has been read to its end.
func (c *conn) body(ctx context.Context, body io.Reader, keep int) (kept []byte, whole bool) {
	_ = c.SetReadDeadline(time.Now().Add(answerTimeout))
	if ctx.Err() != nil { // else interrupt comes after this deadline, and replaces it
		return nil, false
	}
	kept = make([]byte, keep)
	n := 0
	var err error
	for n < keep && err == nil {
		var more int
		more, err = body.Read(kept[n:])
		n += more
	}
	if err == nil {
		_, err = io.CopyN(io.Discard, body, int64(maxAnswer-n)+1)
	}
	return kept[:n], err == io.EOF && c.SetReadDeadline(time.Time{}) == nil
}
