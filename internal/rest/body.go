package rest

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// readAtOnce is the length of a body, in bytes, for which memory is taken before it comes.
const readAtOnce = 64 << 10

// compressions are the content codings of bodies that cannot be read (RFC 9110 §8.4.1). Others are not looked at:
// clients write utf-8 there, which is none.
var compressions = []string{"gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"}

// readBody reads the body once, within the router's limit and the budget of all
// bodies that are in memory.
func (ex *exchange) readBody(w http.ResponseWriter, r *http.Request) error {
	ex.bodyRead = true
	if coding := r.Header.Get("Content-Encoding"); r.ContentLength != 0 && slices.Contains(compressions, strings.ToLower(strings.TrimSpace(coding))) {
		return Field("Content-Encoding", fault.Invalid("the body has the Content-Encoding %q; send it without one", clip(coding)))
	}
	limit := ex.router.cfg.MaxBody
	if r.ContentLength > limit {
		return tooLarge(limit)
	}
	var body []byte
	var err error
	if size := r.ContentLength; size >= 0 && size <= readAtOnce {
		if err := ex.reserve(size); err != nil {
			return err
		}
		body = make([]byte, size)
		_, err = io.ReadFull(r.Body, body)
	} else {
		body, err = ex.readParts(http.MaxBytesReader(w, r.Body, limit), limit)
	}
	if errors.Is(err, errNoRoom) {
		return err
	}
	if err != nil {
		return unreadable(err, limit)
	}
	ex.body = body
	ex.again.Reset(body)
	r.Body = &ex.again
	return nil
}

var errNoRoom = fault.Busy(time.Second, "the bodies of other requests fill the memory that is set aside for them")

// reserve takes memory of the budget of all bodies.
func (ex *exchange) reserve(bytes int64) error {
	if !ex.router.bodies.take(bytes) {
		return errNoRoom
	}
	ex.reserved += bytes
	return nil
}

// readParts reads a body of any length. Memory is for bytes that have come, and twice as
// much at most, so that who sends slowly takes little from others.
func (ex *exchange) readParts(from io.Reader, limit int64) (body []byte, err error) {
	for err == nil {
		if len(body) == cap(body) {
			more := min(max(int64(cap(body)), readAtOnce), limit)
			if err := ex.reserve(more); err != nil {
				return nil, err
			}
			body = append(make([]byte, 0, int64(cap(body))+more), body...)
		}
		var n int
		n, err = from.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
	}
	if err == io.EOF {
		err = nil
	}
	return body, err
}

func tooLarge(limit int64) error { return fault.TooLarge("the body is larger than %d bytes", limit) }

// unreadable says why a body could not be read.
func unreadable(err error, limit int64) error {
	if exceeded := (*http.MaxBytesError)(nil); errors.As(err, &exceeded) {
		return tooLarge(limit)
	}
	return fault.Invalid("the body could not be read to its end").WithCause(err)
}
