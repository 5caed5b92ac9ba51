package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadmesFirstCallWorks runs the commands of README's first call, each
// terminal of it in a shell of its own, in a home directory with nothing in it.
func TestReadmesFirstCallWorks(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../README.md")
	must(t, err)
	needFree(t, "8443", "8080", "5060", "5061", "3000") // the defaults: README gives no flag
	home := t.TempDir()

	server := openTerminal(t, home, block(t, text, "sh terminal=server"))
	state := filepath.Join(home, ".local/state/switchhook")
	server.until(t, 3*time.Minute, "the server is ready", func() bool { return exists(filepath.Join(state, "addresses.json")) })
	app := openTerminal(t, home, block(t, text, "sh terminal=application"))
	app.until(t, 3*time.Minute, "the application listens", func() bool { return listens("3000") })
	callsIt(t, text, home, server, app)

	if _, err := os.Stat(pythonInstalled); err != nil {
		t.Log("the application in Python is not run: its SDK is not installed")
		return
	}
	app.close()
	app = openTerminal(t, home, pythonBlock(t, text))
	app.until(t, time.Minute, "the application in Python listens", func() bool { return listens("3000") })
	callsIt(t, text, home, server, app)
}

// callsIt runs README's last terminal, and asks that phone and application print what README promises.
func callsIt(t *testing.T, text []byte, home string, server, app *terminal) {
	t.Helper()
	phone := openTerminal(t, home, block(t, text, "sh terminal=phone"))
	phone.until(t, 2*time.Minute, "the phone's call is over", phone.hasEnded)
	if phone.err != nil {
		t.Fatalf("the phone: %v\n%s\napplication:\n%s\nserver:\n%s", phone.err, &phone.text, &app.text, &server.text)
	}
	promised := regexp.QuoteMeta(strings.TrimSpace(block(t, text, "text")))
	// How much of the tone was heard depends on the moment of the first key.
	promised = regexp.MustCompile(`\d+\\\.\d s`).ReplaceAllString(promised, `\d+\.\d s`)
	if said := phone.text.String(); !regexp.MustCompile(promised).MatchString(said) {
		t.Errorf("the phone says\n%s\nREADME promises\n%s", said, promised)
	}
	for _, want := range []string{"CallConnected", "ParticipantsUpdated", "RecognizeCompleted", "keys: one two three", "SendDtmfTonesCompleted", "CallDisconnected"} {
		app.until(t, 10*time.Second, "the application prints "+want, func() bool { return strings.Contains(app.text.String(), want) })
	}
}

// pythonBlock is README's block for Python, with the SDK of the tests in place of one that is
// installed anew. It has the same release.
func pythonBlock(t *testing.T, text []byte) string {
	t.Helper()
	wants, err := os.ReadFile("../examples/first-call/requirements.txt")
	must(t, err)
	has, err := os.ReadFile("python/requirements.in")
	must(t, err)
	if !strings.Contains(string(has), string(wants)) {
		t.Errorf("the example wants %s, and the tests have\n%s", wants, has)
	}
	python, err := filepath.Abs("python/.venv/bin/python")
	must(t, err)
	const install = "python3 -m venv .venv\n.venv/bin/pip install --quiet -r requirements.txt\n"
	commands := block(t, text, "sh terminal=python")
	if !strings.Contains(commands, install) {
		t.Fatalf("README installs the SDK by other commands than %q", install)
	}
	return strings.NewReplacer(install, "", ".venv/bin/python", python).Replace(commands)
}

// block is the content of the first fenced block with an info string.
func block(t *testing.T, text []byte, info string) string {
	t.Helper()
	_, rest, found := strings.Cut(string(text), "```"+info+"\n")
	content, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatalf("README has no block %q", info)
	}
	return content
}

// terminal is a shell that runs what README says to type.
type terminal struct {
	text    buffer
	command *exec.Cmd
	exited  chan struct{}
	err     error // after exited
}

func openTerminal(t *testing.T, home, commands string) *terminal {
	t.Helper()
	term := &terminal{exited: make(chan struct{})}
	term.command = exec.Command("bash", "-e", "-o", "pipefail", "-c", commands)
	term.command.Dir = ".."
	term.command.Env = homeEnvironment(t, home)
	term.command.Stdout, term.command.Stderr = &term.text, &term.text
	term.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // `go run` has a child
	must(t, term.command.Start())
	go func() { term.err = term.command.Wait(); close(term.exited) }()
	t.Cleanup(term.close)
	return term
}

// homeEnvironment is a new home that shares the caches of the real one, so that
// nothing is downloaded twice.
func homeEnvironment(t *testing.T, home string) []string {
	t.Helper()
	env := append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=")
	for _, name := range []string{"GOPATH", "GOMODCACHE", "GOCACHE", "GOENV"} {
		out, err := exec.Command("go", "env", name).Output()
		must(t, err)
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	for _, name := range []string{"cache", "userconfig"} {
		out, err := exec.Command("npm", "config", "get", name).Output()
		must(t, err)
		env = append(env, "npm_config_"+name+"="+strings.TrimSpace(string(out)))
	}
	return env
}

func (term *terminal) hasEnded() bool {
	select {
	case <-term.exited:
		return true
	default:
		return false
	}
}

// until waits for something that the terminal's program does.
func (term *terminal) until(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx := within(t, limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
			if term.hasEnded() && !holds() {
				t.Fatalf("%s: the terminal has ended: %v\n%s", what, term.err, &term.text)
			}
		case <-ctx.Done():
			t.Fatalf("%s: %v\n%s", what, context.Cause(ctx), &term.text)
		}
	}
}

// close presses Ctrl-C, and does not take no for an answer.
func (term *terminal) close() {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGKILL} {
		if term.hasEnded() {
			return
		}
		syscall.Kill(-term.command.Process.Pid, signal)
		select {
		case <-term.exited:
		case <-time.After(patience):
		}
	}
}

// needFree skips the test where something else has the ports; CI has to keep
// them free.
func needFree(t *testing.T, ports ...string) {
	t.Helper()
	for _, port := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			listener.Close()
			continue
		}
		message := fmt.Sprintf("README's commands need port %s, which is taken: %v", port, err)
		if os.Getenv("CI") != "" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
}

func listens(port string) bool {
	conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
