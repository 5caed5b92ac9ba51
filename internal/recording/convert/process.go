package convert

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
)

// Error says that a process failed, other than by its input or output.
type Error struct {
	Detail string // what it said, in one line
	Cause  error
}

func (e *Error) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("%s: %v", Program, e.Cause)
	}
	return fmt.Sprintf("%s: %v: %s", Program, e.Cause, e.Detail)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// errStalled is why a process is ended that does nothing.
var errStalled = errors.New("it hangs")

// maxSaid bounds what is kept of what a process says, in bytes.
const maxSaid = 1000

// run lets a process make a file.
func (p *Pool) run(ctx context.Context, format Format, in io.Reader, out io.Writer) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var said bytes.Buffer
	pipes := &pipes{in: in, out: out}
	child := exec.CommandContext(ctx, p.cfg.Program, format.arguments()...)
	child.Stdin, child.Stdout = inPipe{pipes}, outPipe{pipes}
	child.Stderr = &bounded{to: &said, left: maxSaid}
	child.WaitDelay = 5 * time.Second // for grandchildren that keep a pipe open
	child.Env = []string{"PATH=/nonexistent", "LC_ALL=C"}
	if err := startNice(child); err != nil {
		return &Error{Cause: err}
	}
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		pipes.watch(ctx, p.cfg.Stall, end)
	}()
	err := child.Wait()
	cause := context.Cause(ctx)
	end(nil)
	<-watched
	switch {
	case pipes.failure() != nil:
		return pipes.failure()
	case errors.Is(cause, errStalled):
		return &Error{Cause: errStalled}
	case cause != nil:
		return cause
	case err != nil:
		return &Error{Detail: oneLine(said.String()), Cause: err}
	case pipes.written.Load() == 0:
		return &Error{Detail: oneLine(said.String()), Cause: errors.New("it wrote nothing")}
	}
	return nil
}

// pipes are the input and the output of a process.
type pipes struct {
	in     io.Reader
	out    io.Writer
	failed atomic.Pointer[error] // of either, which no other process would mend

	moved   atomic.Int64 // bytes, in both directions
	written atomic.Int64
}

type (
	inPipe  struct{ *pipes }
	outPipe struct{ *pipes }
)

// Read implements io.Reader.
func (p inPipe) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.moved.Add(int64(n))
	if err != nil && err != io.EOF {
		p.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Write implements io.Writer.
func (p outPipe) Write(b []byte) (int, error) {
	n, err := p.out.Write(b)
	p.moved.Add(int64(n))
	p.written.Add(int64(n))
	if err != nil {
		p.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

func (p *pipes) failure() error {
	if err := p.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// watch ends a process that moves nothing for so long.
func (p *pipes) watch(ctx context.Context, stall time.Duration, end context.CancelCauseFunc) {
	ticker := time.NewTicker(stall)
	defer ticker.Stop()
	for before := int64(-1); ; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		now := p.moved.Load()
		if now == before {
			end(errStalled)
			return
		}
		before = now
	}
}

// bounded takes the first bytes and drops the rest.
type bounded struct {
	to   *bytes.Buffer
	left int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	n := min(b.left, len(p))
	b.to.Write(p[:n])
	b.left -= n
	return len(p), nil
}

// oneLine is what a process said, for a log.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsControl(r) }), "; ")
}
