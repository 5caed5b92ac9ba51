package e2e

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

// agent is a customer's application: agent/agent.mjs with the official SDKs, or its
// like in another language.
type agent struct {
	t testing.TB // whose failure it is; see with
	*app
}

// with is the same application in a subtest.
func (a *agent) with(t testing.TB) *agent { return &agent{t, a.app} }

// app is an application's process and what it told.
type app struct {
	url    string // of its web server
	sounds string // directory of the WAV files that it serves

	product     *product
	version     string   // api-version of its calls
	connections []string // of all calls, checked when all is over

	process *exec.Cmd
	input   io.WriteCloser
	stderr  buffer
	exited  chan struct{}

	mu      sync.Mutex
	events  []event
	changed chan struct{} // closed, and made anew, at each event
	replies map[string]chan reply
	asked   int
}

// reply is what a command came to.
type reply struct {
	Result json.RawMessage
	Error  *sdkError
}

// sdkError is what the SDK threw.
type sdkError struct {
	Name, Message string
	Code          any // the error code; a string, or a number of the transport
	StatusCode    int
}

func (e *sdkError) Error() string {
	return fmt.Sprintf("%s %d %v: %s", e.Name, e.StatusCode, e.Code, e.Message)
}

// statusOf is the status of an error that the SDK threw; 0 of another one. Texts of errors
// contain ids and ports, in which any short number may stand.
func statusOf(err error) int {
	var thrown *sdkError
	if errors.As(err, &thrown) {
		return thrown.StatusCode
	}
	return 0
}

// application says which one to start.
type application struct {
	identity string // source identity, a raw id
	port     int    // of an application that comes back; 0 takes a free one
	sdk      sdk    // it is written with; the zero one is JavaScript's newest
}

// startAgent runs an application until the end of the test.
func startAgent(p *product, who application) *agent {
	t := p.t
	t.Helper()
	a := &agent{t, &app{product: p, version: cmp.Or(who.sdk.version, apiVersion), sounds: t.TempDir(), exited: make(chan struct{}), changed: make(chan struct{}), replies: map[string]chan reply{}}}
	a.process = who.sdk.program(p)
	a.process.Env = append(a.process.Environ(), "CONNECTION_STRING="+p.file("connection-string"), "SOUNDS="+a.sounds,
		"SOURCE_IDENTITY="+who.identity, "PORT="+strconv.Itoa(who.port), "AUDIENCE="+a.resource())
	a.process.Stderr = &a.stderr
	var err error
	if a.input, err = a.process.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := a.process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.process.Start(); err != nil {
		t.Fatal(err)
	}
	go a.read(output)
	t.Cleanup(a.finish)
	a.url = a.wait("the application is ready", func(e event) bool { return e.Event == "ready" }).URL
	return a
}

// read takes the agent's lines until it ends.
func (a *agent) read(output io.Reader) {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var line struct {
			Reply string
			reply
			event
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			fmt.Fprintf(&a.stderr, "not a line of the agent: %s\n", lines.Bytes())
			continue
		}
		a.mu.Lock()
		if line.Reply != "" {
			a.replies[line.Reply] <- line.reply
			delete(a.replies, line.Reply)
		} else {
			a.events = append(a.events, line.event)
			close(a.changed)
			a.changed = make(chan struct{})
		}
		a.mu.Unlock()
	}
	a.process.Wait()
	close(a.exited)
}

// stop ends the application; it can be started again on the same port.
func (a *agent) stop() {
	a.input.Close()
	select {
	case <-a.exited:
	case <-time.After(patience):
		a.process.Process.Kill()
		<-a.exited
	}
}

// finish stops the product first, so that its last words arrive before the
// checks.
func (a *agent) finish() {
	a.product.stop()
	for _, id := range a.connections {
		connection{a, id}.check()
	}
	a.stop()
	if text := a.stderr.String(); text != "" {
		a.t.Logf("the application wrote: %s", text)
	}
	if a.t.Failed() {
		a.t.Logf("events of the application %s:\n%s", a.url, a.story())
	}
}

// values are the arguments of a command.
type values map[string]any

// try has a command done and decodes its result, if one is wanted.
func (a *agent) try(command string, arguments values, result any) error {
	a.mu.Lock()
	a.asked++
	id := strconv.Itoa(a.asked)
	answer := make(chan reply, 1)
	a.replies[id] = answer
	line, err := json.Marshal(values{"id": id, "command": command, "arguments": arguments})
	if err == nil {
		_, err = a.input.Write(append(line, '\n'))
	}
	a.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", command, err)
	}
	ctx := within(a.t, patience)
	select {
	case got := <-answer:
		if got.Error != nil {
			return fmt.Errorf("%s: %w", command, got.Error)
		}
		if result != nil {
			return json.Unmarshal(got.Result, result)
		}
		return nil
	case <-a.exited:
		return fmt.Errorf("%s: the application has ended", command)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", command, context.Cause(ctx))
	}
}

// do is try for commands that have to succeed.
func (a *agent) do(command string, arguments values, result any) {
	a.t.Helper()
	if err := a.try(command, arguments, result); err != nil {
		a.t.Fatal(err)
	}
}
