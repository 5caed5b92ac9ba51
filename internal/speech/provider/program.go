package provider

import (
	"bytes"
	"context"
	"errors"
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

// speak runs the program. What it says is kept until it is played, so that the program
// ends long before, and others can run.
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
	kept := newSpool()
	child.Stdout = kept
	if err := child.Start(); err != nil {
		cancel()
		<-p.slots
		return nil, &speech.Error{Kind: speech.Unreachable, Provider: p.name, Detail: "the program cannot be started", Cause: err}
	}
	go func() {
		err := child.Wait()
		<-p.slots
		kept.end(err)
	}()
	sound, err := speech.FromWAV(&running{kept, cancel})
	if err != nil { // it is closed, and so has ended
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: strings.TrimSpace("the program made no sound: " + said.String())}
	}
	return sound, nil
}

// running is what a program says; closing it ends the program, and waits for that.
type running struct {
	*spool
	cancel context.CancelFunc
}

// Close implements io.Closer.
func (r *running) Close() error {
	r.cancel()
	r.spool.close()
	return nil
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
