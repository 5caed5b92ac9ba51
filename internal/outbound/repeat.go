package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// maxHeldBody bounds the bodies that are held in memory, in bytes, because their
// request cannot give them twice.
const maxHeldBody = 1 << 20

// repeater is an http.RoundTripper that repeats a request once, on a new
// connection, if a connection that was kept from an earlier request ends before
// the first byte of the response. A server may close an idle connection at any
// time, also while a request is on its way (RFC 9112 §9.3.1, §9.5).
type repeater struct {
	kept  *http.Transport // keeps its connections
	fresh *http.Transport // makes one for each request
}

// Repeating returns the repeater of a transport, for requests of which the
// receiver expects repetitions: deliveries are made at least once.
func Repeating(transport *http.Transport) http.RoundTripper {
	fresh := transport.Clone()
	fresh.DisableKeepAlives = true
	return repeater{transport, fresh}
}

// CloseIdleConnections closes the connections that are kept.
func (r repeater) CloseIdleConnections() { r.kept.CloseIdleConnections() }

// RoundTrip implements http.RoundTripper.
func (r repeater) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := repeatable(req)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return r.kept.RoundTrip(req)
	}
	var kept, answered atomic.Bool // of the last connection that was tried
	traced := req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn:              func(c httptrace.GotConnInfo) { kept.Store(c.Reused) },
		GotFirstResponseByte: func() { answered.Store(true) },
	}))
	if traced.Body, err = body(); err != nil {
		return nil, err
	}
	response, err := r.kept.RoundTrip(traced)
	if err == nil || !kept.Load() || answered.Load() || !lost(req.Context(), err) {
		return response, err
	}
	again := req.WithContext(req.Context())
	if again.Body, err = body(); err != nil {
		return nil, err
	}
	return r.fresh.RoundTrip(again)
}

// lost reports that a connection was lost; neither a time limit nor the sender
// has ended the request.
func lost(ctx context.Context, err error) bool {
	var limit net.Error
	return ctx.Err() == nil && !(errors.As(err, &limit) && limit.Timeout())
}

// repeatable returns what opens the request's body as often as it is called, or
// nil if the body can be read once only.
func repeatable(req *http.Request) (func() (io.ReadCloser, error), error) {
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		return func() (io.ReadCloser, error) { return req.Body, nil }, nil
	case req.GetBody != nil:
		first := req.Body
		return func() (io.ReadCloser, error) {
			if body := first; body != nil {
				first = nil
				return body, nil
			}
			return req.GetBody()
		}, nil
	case req.ContentLength <= 0 || req.ContentLength > maxHeldBody:
		return nil, nil
	}
	defer req.Body.Close()
	held, err := io.ReadAll(io.LimitReader(req.Body, req.ContentLength+1)) // one more: the transport notices a wrong length
	if err != nil {
		return nil, err
	}
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(held)), nil }, nil
}
