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
	child := p.command(ctx, arguments, &said)
	child.Stdin = strings.NewReader(text)
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

// command is a process of the program. It has nothing of our environment, and finds no
// other programs.
func (p program) command(ctx context.Context, arguments []string, said *bytes.Buffer) *exec.Cmd {
	child := exec.CommandContext(ctx, arguments[0], arguments[1:]...)
	child.Stderr = &limited{to: said, left: shownOfAnswer}
	child.WaitDelay = time.Second
	child.Env = []string{"PATH=/nonexistent", "LC_ALL=C"}
	for _, name := range []string{"ESPEAK_DATA_PATH", "LD_LIBRARY_PATH", "HOME"} { // where an operator has put it
		if value, ok := os.LookupEnv(name); ok {
			child.Env = append(child.Env, name+"="+value)
		}
	}
	return child
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

// throughFiles runs a program that needs files, which are gone when it returns. What it
// says is kept as what other programs say.
func (p program) throughFiles(ctx context.Context, text string, arguments func(in, out string) []string) (*speech.Sound, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, timeOf(text))
	wav, err := p.intoFile(ctx, text, arguments)
	if err != nil {
		cancel()
		<-p.slots
		return nil, err
	}
	kept := newSpool()
	go func() {
		_, err := io.Copy(kept, wav)
		wav.Close()
		<-p.slots
		kept.end(err)
	}()
	sound, err := speech.FromWAV(&running{kept, cancel})
	if err != nil {
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: "the program made no sound", Cause: err}
	}
	return sound, nil
}

// intoFile runs a program that writes a file, and returns that, which has no name any more.
func (p program) intoFile(ctx context.Context, text string, arguments func(in, out string) []string) (*os.File, error) {
	dir, err := os.MkdirTemp("", "switchhook-speech-")
	if err != nil {
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: "there is no place for its files", Cause: err}
	}
	defer os.RemoveAll(dir)
	in, out := filepath.Join(dir, "text.txt"), filepath.Join(dir, "speech.wav")
	var said bytes.Buffer
	if err = os.WriteFile(in, []byte(text), 0o600); err == nil {
		err = p.command(ctx, arguments(in, out), &said).Run()
	}
	wav, openErr := os.Open(out)
	if err != nil || openErr != nil {
		if openErr == nil {
			wav.Close()
		}
		return nil, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: strings.TrimSpace("the program made no sound: " + said.String()), Cause: errors.Join(err, openErr)}
	}
	return wav, nil
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
