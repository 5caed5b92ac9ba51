//go:build unix

package delivery

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The faults here kill, or starve, a process of their own: this test binary,
// which runs TestFaultChild alone. It says on its output how far it has come.
const (
	faultDir  = "DELIVERY_FAULT_DIR"
	faultURL  = "DELIVERY_FAULT_URL"
	faultWhat = "DELIVERY_FAULT"
)

// smallDisk is all that a child that starves may write into one file, in bytes.
const smallDisk = 1 << 20

func TestFaultChild(t *testing.T) {
	if os.Getenv(faultDir) == "" {
		t.Skip("it is run by other tests")
	}
	what := os.Getenv(faultWhat)
	e := New(Config{Policies: policies()}, onDisk(os.Getenv(faultDir)), quiet())
	if _, err := e.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	event := func(id string) Message {
		return Message{ID: id, Policy: "eventgrid", Group: "SUB", Lane: "SUB/1", URL: os.Getenv(faultURL), Body: []byte(id)}
	}
	switch what {
	case "post":
		e.Post(event("one"))
		fmt.Println("posted one")
	case "flush":
		e.Post(event("one"))
		if err := e.Flush(context.Background()); err != nil {
			t.Fatal(err)
		}
		fmt.Println("flushed one")
	case "starve":
		starve(t, e, event)
	case "recover":
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent has seen enough
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = e.Stop(ctx)
}

// starve posts until the disk takes no more.
func starve(t *testing.T, e *Engine, event func(string) Message) {
	signal.Ignore(syscall.SIGXFSZ) // a write fails instead, as on a full disk
	limit := syscall.Rlimit{Cur: smallDisk, Max: smallDisk}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	for n := range 10_000 {
		m := event(fmt.Sprint("event", n))
		m.Body = []byte(m.ID + strings.Repeat(" ", 4096))
		e.Post(m)
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		err := e.Flush(ctx)
		cancel()
		if err != nil {
			fmt.Println("full after", n)
			return
		}
		fmt.Println("flushed", m.ID)
	}
	fmt.Println("never full")
}

// faultChild is a child and the lines that it says.
type faultChild struct {
	*exec.Cmd
	in    io.Closer
	lines chan string
}

func startFault(t *testing.T, dir, url, what string) *faultChild {
	t.Helper()
	c := &faultChild{Cmd: exec.Command(os.Args[0], "-test.run=^TestFaultChild$", "-test.timeout=60s"), lines: make(chan string, 20_000)}
	c.Env = append(os.Environ(), faultDir+"="+dir, faultURL+"="+url, faultWhat+"="+what)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.in = in
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(c.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.lines <- lines.Text()
		}
	}()
	return c
}

// until returns the lines up to one with that beginning.
func (c *faultChild) until(t *testing.T, beginning string) (all []string) {
	t.Helper()
	for line := range c.lines {
		if all = append(all, line); strings.HasPrefix(line, beginning) {
			return all
		}
	}
	t.Fatalf("the child ended without saying %q; it said %.300q", beginning, all)
	return nil
}

// kill ends the child as a power cut would.
func (c *faultChild) kill() {
	_ = c.Process.Kill()
	for range c.lines {
	}
	_ = c.Wait()
}

// finish ends it well.
func (c *faultChild) finish() {
	c.in.Close()
	for range c.lines {
	}
	_ = c.Wait()
}

// gate is a webhook that answers only once it is open.
type gate struct {
	mu      sync.Mutex
	bodies  []string
	arrived chan string
	open    chan struct{}
}

func newGate() *gate { return &gate{arrived: make(chan string, 20_000), open: make(chan struct{})} }

func (g *gate) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	id := strings.TrimSpace(string(body))
	g.mu.Lock()
	g.bodies = append(g.bodies, id)
	g.mu.Unlock()
	g.arrived <- id
	select {
	case <-g.open:
	case <-r.Context().Done():
	}
}

func (g *gate) got() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.bodies)
}

// next waits for an event.
func (g *gate) next(t *testing.T) string {
	t.Helper()
	select {
	case id := <-g.arrived:
		return id
	case <-time.After(30 * time.Second):
		t.Fatal("no event arrived")
		return ""
	}
}

// TestKillBetweenAcceptAndPublish: what was handed over and not yet flushed is
// not accepted; it may be lost, and leaves a journal that can be read.
func TestKillBetweenAcceptAndPublish(t *testing.T) {
	dir, hook := t.TempDir(), newGate()
	server := httptest.NewServer(hook)
	defer server.Close()
	child := startFault(t, dir, server.URL, "post")
	child.until(t, "posted")
	child.kill()
	close(hook.open)
	child = startFault(t, dir, server.URL, "flush")
	child.until(t, "flushed")
	hook.next(t)
	child.finish()
	for _, id := range hook.got() {
		if id != "one" {
			t.Errorf("%q arrived", id)
		}
	}
}

// TestKillBetweenPublishAndDeliver: nobody listens before the kill; the next
// life finds the webhook at the same address.
func TestKillBetweenPublishAndDeliver(t *testing.T) {
	dir, hook := t.TempDir(), newGate()
	close(hook.open)
	address := httptest.NewServer(http.NotFoundHandler())
	address.Close() // its port is free, and likely to stay so
	child := startFault(t, dir, address.URL, "flush")
	child.until(t, "flushed")
	child.kill()
	listener, err := net.Listen("tcp", address.Listener.Addr().String())
	if err != nil {
		t.Skip(err)
	}
	server := &http.Server{Handler: hook}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()
	child = startFault(t, dir, address.URL, "recover")
	if got := hook.next(t); got != "one" {
		t.Errorf("%q arrived", got)
	}
	child.finish()
}

// TestKillBetweenDeliverAndAcknowledge: the webhook has the event, its answer is
// never heard; the next life delivers it again.
func TestKillBetweenDeliverAndAcknowledge(t *testing.T) {
	dir, hook := t.TempDir(), newGate()
	server := httptest.NewServer(hook)
	defer server.Close()
	child := startFault(t, dir, server.URL, "flush")
	hook.next(t)
	child.kill()
	close(hook.open)
	child = startFault(t, dir, server.URL, "recover")
	hook.next(t)
	child.finish()
	if got := hook.got(); !slices.Equal(got, []string{"one", "one"}) {
		t.Errorf("%q arrived", got)
	}
	child = startFault(t, dir, server.URL, "recover") // it is over now
	child.finish()
	if got := hook.got(); len(got) != 2 {
		t.Errorf("%q arrived at last", got)
	}
}

// TestFullDiskLosesNoAcceptedEvent: what does not fit is not accepted, and said
// so; the process lives; with room again everything accepted is delivered.
func TestFullDiskLosesNoAcceptedEvent(t *testing.T) {
	dir, hook := t.TempDir(), newGate()
	server := httptest.NewServer(hook)
	defer server.Close()
	child := startFault(t, dir, server.URL, "starve")
	said := child.until(t, "full")
	child.kill()
	close(hook.open)
	child = startFault(t, dir, server.URL, "recover")
	defer child.finish()
	want := map[string]bool{}
	for _, line := range said {
		if id, flushed := strings.CutPrefix(line, "flushed "); flushed {
			want[id] = true
		}
	}
	if len(want) == 0 {
		t.Fatalf("nothing was accepted: %q", said)
	}
	t.Logf("%d events were accepted before the disk was full", len(want))
	for len(want) > 0 {
		delete(want, hook.next(t))
	}
}
