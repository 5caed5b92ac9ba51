package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// program is a speech engine that runs as a child process for each prompt. It gets the
// text by standard input, never as an argument, and writes a WAV file.
type program struct {
	name  string
	slots chan struct{} // one for each process that runs
}

func newProgram(name string) program {
	return program{name, make(chan struct{}, max(2, 2*runtime.NumCPU()))}
}

// timeOf is how long a program may take for a text: it speaks faster than people.
func timeOf(text string) time.Duration {
	return 5*time.Second + time.Duration(len(text))*200*time.Millisecond
}

// speak runs the program. The process ends with the sound, or with ctx.
func (p program) speak(ctx context.Context, text string, arguments []string) (*speech.Sound, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, timeOf(text))
	var said bytes.Buffer
	child := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	child.Stdin = strings.NewReader(text)
	child.Stderr = &limited{to: &said, left: shownOfAnswer}
	child.WaitDelay = time.Second
	output, err := child.StdoutPipe()
	if err == nil {
		err = child.Start()
	}
	done := func() { cancel(); <-p.slots }
	if err != nil {
		done()
		return nil, &speech.Error{Kind: speech.Unreachable, Provider: p.name, Detail: "the program cannot be started", Cause: err}
	}
	running := &process{child: child, output: output, done: done}
	sound, err := speech.FromWAV(running)
	if err != nil { // it is closed, and so has ended
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: strings.TrimSpace(fmt.Sprintf("the program made no sound: %s", said.String()))}
	}
	return sound, nil
}

// throughFiles runs a program that needs files, which are gone when it returns.
func (p program) throughFiles(ctx context.Context, text string, arguments func(in, out string) []string) (*speech.Sound, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, timeOf(text))
	defer cancel()
	dir, err := os.MkdirTemp("", "switchhook-speech-")
	if err != nil {
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: "there is no place for its files", Cause: err}
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "text.txt"), filepath.Join(dir, "speech.wav")
	var said bytes.Buffer
	argv := arguments(in, out)
	child := exec.CommandContext(ctx, argv[0], argv[1:]...)
	child.Stderr = &limited{to: &said, left: shownOfAnswer}
	if err = os.WriteFile(in, []byte(text), 0o600); err == nil {
		err = child.Run()
	}
	wav, readErr := os.ReadFile(out)
	if err != nil || readErr != nil {
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: strings.TrimSpace("the program made no sound: " + said.String()), Cause: errors.Join(err, readErr)}
	}
	return speech.FromWAV(io.NopCloser(bytes.NewReader(wav)))
}

// process is a program's output, for one reader; closing it ends the program.
type process struct {
	child  *exec.Cmd
	output io.ReadCloser
	done   func()
	closed bool
}

// Read implements io.Reader.
func (p *process) Read(b []byte) (int, error) { return p.output.Read(b) }

// Close implements io.Closer.
func (p *process) Close() error {
	if p.closed {
		return nil
	}
	p.closed = true
	p.output.Close()
	if p.child.ProcessState == nil {
		_ = p.child.Process.Kill() // it may have ended
		_ = p.child.Wait()
	}
	p.done()
	return nil
}

// limited takes the first bytes and drops the rest.
type limited struct {
	to   *bytes.Buffer
	left int
}

// Write implements io.Writer.
func (l *limited) Write(p []byte) (int, error) {
	n := min(l.left, len(p))
	l.to.Write(p[:n])
	l.left -= n
	return len(p), nil
}
