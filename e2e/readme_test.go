package e2e

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestReadmesFirstCallWorks runs the README's commands as they stand there, each
// terminal in a shell of its own with an empty home, and compares what the phone
// prints with what the page promises. It needs the default ports.
func TestReadmesFirstCallWorks(t *testing.T) {
	page, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	server := newTerminal(t, home, commands(t, page, "server"))
	server.waitFor(t, "Switchhook is ready", 2*time.Minute)
	application := newTerminal(t, home, commands(t, page, "application"))
	application.waitFor(t, "listening on", 2*time.Minute)
	phone := newTerminal(t, home, commands(t, page, "phone"))
	phone.waitFor(t, "and the keys", 2*time.Minute)
	promised := between(t, page, "```text\n", "```")
	// How much of the tone was heard depends on the moment of the first key.
	vague := regexp.MustCompile(`heard \d\.\d s`)
	if got, want := vague.ReplaceAllString(phone.text(), "heard"), vague.ReplaceAllString(promised, "heard"); !strings.Contains(got, strings.TrimSpace(want)) {
		t.Errorf("the phone printed\n%s\nthe page promises\n%s", phone.text(), promised)
	}
	application.waitFor(t, "CallDisconnected", 30*time.Second)
	said := application.text()
	for _, event := range []string{"CallConnected", "ParticipantsUpdated", "RecognizeCompleted", "keys: one two three", "SendDtmfTonesCompleted"} {
		if !strings.Contains(said, event) {
			t.Errorf("the application never printed %s:\n%s", event, said)
		}
	}
}

// commands extracts the block of one terminal.
func commands(t *testing.T, page []byte, terminal string) string {
	t.Helper()
	return between(t, page, "```sh terminal="+terminal+"\n", "```")
}

func between(t *testing.T, page []byte, begin, end string) string {
	t.Helper()
	_, rest, found := strings.Cut(string(page), begin)
	block, _, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("the README has no block that begins with %q", begin)
	}
	return block
}

// terminal is a shell that runs a block of commands.
type terminal struct {
	mu  sync.Mutex
	out bytes.Buffer
}

// Write takes what the commands print.
func (t *terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Write(p)
}

func (t *terminal) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.String()
}

// newTerminal starts a block, with a home of its own but with Go's caches, and
// ends its whole process group with the test.
func newTerminal(t *testing.T, home, block string) *terminal {
	t.Helper()
	term := &terminal{}
	cmd := exec.Command("bash", "-e", "-c", block)
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, term, term
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=",
		"GOCACHE="+goEnv(t, "GOCACHE"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"), "GOPATH="+goEnv(t, "GOPATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		killing := time.AfterFunc(10*time.Second, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		defer killing.Stop()
		cmd.Wait()
	})
	return term
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	value, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(value))
}

// waitFor waits until the terminal shows a text.
func (t *terminal) waitFor(test *testing.T, text string, patience time.Duration) {
	test.Helper()
	ctx, cancel := context.WithTimeout(test.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !strings.Contains(t.text(), text) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			test.Fatalf("%q never appeared:\n%s", text, t.text())
		}
	}
}
