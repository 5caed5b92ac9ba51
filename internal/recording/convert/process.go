package convert

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/switchhook/switchhook/internal/watchdog"
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

// Command is a process of an encoder, which is killed when ctx is done.
func Command(ctx context.Context, program string, arguments ...string) *exec.Cmd {
	child := exec.CommandContext(ctx, program, arguments...)
	child.WaitDelay = 5 * time.Second // for grandchildren that keep a pipe open
	child.Env = []string{"PATH=/nonexistent", "LC_ALL=C"}
	return child
}

// Start starts a process with the lowest priority and bounded memory, where the system
// can.
func Start(child *exec.Cmd) error { return startNice(child) }

// run lets a process make a file.
func (p *Pool) run(ctx context.Context, job Job, in io.Reader, out io.Writer) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var said Said
	pipes := &pipes{in: in, out: out}
	child := Command(ctx, p.cfg.Program, job.Format.arguments(job.Length)...)
	child.Stdin, child.Stdout = inPipe{pipes}, outPipe{pipes}
	child.Stderr = &said
	if err := Start(child); err != nil {
		return &Error{Cause: err}
	}
	stop := watchdog.Watch(p.cfg.Stall, &pipes.moved, func() { end(errStalled) })
	err := child.Wait()
	cause := context.Cause(ctx)
	stop()
	switch {
	case pipes.failure() != nil:
		return pipes.failure()
	case errors.Is(cause, errStalled):
		return &Error{Cause: errStalled}
	case cause != nil:
		return cause
	case err != nil:
		return &Error{Detail: said.String(), Cause: err}
	case pipes.written.Load() == 0:
		return &Error{Detail: said.String(), Cause: errors.New("it wrote nothing")}
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

// Said is the beginning of what a process says, for a log. Its zero value is empty.
type Said struct{ text []byte }

// Write implements io.Writer.
func (s *Said) Write(p []byte) (int, error) {
	s.text = append(s.text, p[:min(maxSaid-len(s.text), len(p))]...)
	return len(p), nil
}

// String returns it in one line.
func (s *Said) String() string {
	return strings.Join(strings.FieldsFunc(string(s.text), func(r rune) bool { return unicode.IsControl(r) }), "; ")
}
