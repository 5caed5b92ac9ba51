package player

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// body is a response's body that ends with an error when it is too long or its
// connection breaks for good, and remembers that error and its first bytes.
type body struct {
	ctx    context.Context
	in     io.ReadCloser
	size   int64 // of the file; -1: unknown
	most   int64 // that it may have
	read   int64
	first  []byte
	err    error
	resume func(from int64) (io.ReadCloser, error) // asks for the rest of the file; nil: nobody does
}

func (b *body) Read(p []byte) (int, error) {
	if b.err == nil && b.size > b.most {
		b.err = b.tooLarge()
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.in.Read(p)
	if missing := hintSize - len(b.first); missing > 0 {
		b.first = append(b.first, p[:min(n, missing)]...)
	}
	b.read += int64(n)
	switch {
	case b.read > b.most:
		b.err = b.tooLarge()
	case err != nil && err != io.EOF && b.ctx.Err() != nil:
		b.err = context.Cause(b.ctx)
	case err != nil && err != io.EOF:
		b.err = b.resumed(err)
	default:
		return n, err
	}
	return n, b.err
}

func (b *body) tooLarge() error {
	return fmt.Errorf("larger than %d bytes, which is the limit", b.most)
}

// resumed asks for the rest of a file whose connection broke.
func (b *body) resumed(broken error) error {
	// Wrapped, it cannot be taken for an early end of the file.
	broken = fmt.Errorf("the connection broke: %w", broken)
	if b.resume == nil {
		return broken
	}
	in, err := b.resume(b.read)
	switch {
	case b.ctx.Err() != nil:
		return context.Cause(b.ctx)
	case err != nil:
		return fmt.Errorf("%w; %w", broken, err)
	}
	b.in.Close()
	b.in = in
	return nil
}

// maxResumptions is how often a file's rest is asked for without any of it coming.
const maxResumptions = 3

// resumeAfter is how much longer each of these waits; the first does not.
const resumeAfter = 250 * time.Millisecond

// resumption asks a server for the rest of a file: servers end responses that are
// read as slowly as they are played. RFC 9110 §14: a range, if the file is still
// the same.
func (l *Library) resumption(ctx context.Context, u *url.URL, first *http.Response) func(int64) (io.ReadCloser, error) {
	validator, size := validatorOf(first), first.ContentLength
	last, tries := int64(-1), 0
	return func(from int64) (io.ReadCloser, error) {
		if from != last {
			last, tries = from, 0
		}
		if tries++; tries > maxResumptions {
			return nil, errors.New("the server does not send the rest")
		}
		if err := sleep(ctx, time.Duration(tries-1)*resumeAfter); err != nil {
			return nil, err
		}
		header := map[string]string{"Range": fmt.Sprintf("bytes=%d-", from)}
		if validator != "" {
			header["If-Range"] = validator
		}
		response, err := l.request(ctx, u, header)
		if err != nil {
			return nil, err
		}
		if err := restOf(response, from, size, validator); err != nil {
			response.Body.Close()
			return nil, err
		}
		return response.Body, nil
	}
}

// restOf makes a response's body begin where the file's rest does.
func restOf(r *http.Response, from, size int64, validator string) error {
	var start, end, total int64
	switch _, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-%d/%d", &start, &end, &total); {
	case r.StatusCode == http.StatusPartialContent && err == nil && start == from && (size < 0 || total == size):
		return nil
	case r.StatusCode == http.StatusPartialContent:
		return fmt.Errorf("the server sent another range, %q", r.Header.Get("Content-Range"))
	case r.StatusCode != http.StatusOK:
		return fmt.Errorf("asked for the rest, the server answered %d %s", r.StatusCode, http.StatusText(r.StatusCode))
	case validator == "" && size < 0 || validatorOf(r) != validator || r.ContentLength != size:
		return errors.New("the file has changed")
	}
	if _, err := io.CopyN(io.Discard, r.Body, from); err != nil { // a server without ranges
		return fmt.Errorf("the connection broke again: %w", err)
	}
	return nil
}

// validatorOf is what tells one version of a file from another: a strong ETag, or
// the time of its last change.
func validatorOf(r *http.Response) string {
	if etag := r.Header.Get("ETag"); len(etag) > 1 && etag[0] == '"' {
		return etag
	}
	return r.Header.Get("Last-Modified")
}
