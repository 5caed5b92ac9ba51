package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// browsers are real ones, each with one page that has our library in it. They are
// driven by browser/driver.mjs.
type browsers struct {
	t    testing.TB // whose failure it is; see with
	page string     // URL of the page with the library
	*link
}

// link is the driver's process.
type link struct {
	input io.Writer
	log   buffer

	mu      sync.Mutex
	asked   int
	replies map[int]chan driverReply
}

type driverReply struct {
	ID    int
	Value json.RawMessage
	Error string
}

// startBrowsers starts the driver; pages open later.
func startBrowsers(t testing.TB) *browsers {
	t.Helper()
	needChromium(t)
	b := &browsers{t: t, page: servePage(t, "page.ts"), link: &link{replies: map[int]chan driverReply{}}}
	driver := exec.Command("node", "browser/driver.mjs")
	driver.Stderr = &b.log
	input, err := driver.StdinPipe()
	must(t, err)
	output, err := driver.StdoutPipe()
	must(t, err)
	b.input = input
	must(t, driver.Start())
	read := make(chan struct{})
	go func() { defer close(read); b.read(output) }()
	t.Cleanup(func() {
		input.Close()
		timer := time.AfterFunc(patience, func() { driver.Process.Kill() })
		defer timer.Stop()
		<-read
		driver.Wait()
		if t.Failed() {
			t.Logf("console of the pages:\n%s", &b.log)
		}
	})
	return b
}

// servePage builds a page with the library as npm installs it, and serves it on a port of its own.
func servePage(t testing.TB, source string) string {
	t.Helper()
	installed, err := applicationOfPages()
	must(t, err)
	dir := t.TempDir()
	_, err = runIn(".", "node", "browser/build.mjs", dir, source, filepath.Join(installed, "node_modules"))
	must(t, err)
	return serveDirectory(t, dir, "")
}

// serveDirectory serves a page whose script is page.js in the directory.
func serveDirectory(t testing.TB, dir, body string) string {
	must(t, os.WriteFile(filepath.Join(dir, "index.html"), []byte(`<!doctype html><title>test</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>`+body), 0o600))
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

func (b *link) read(output io.Reader) {
	lines := bufio.NewScanner(output)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var reply driverReply
		if err := json.Unmarshal(lines.Bytes(), &reply); err != nil {
			fmt.Fprintf(&b.log, "not a line of the driver: %s\n", lines.Bytes())
			continue
		}
		b.mu.Lock()
		waiting := b.replies[reply.ID]
		delete(b.replies, reply.ID)
		b.mu.Unlock()
		if waiting != nil {
			waiting <- reply
		}
	}
}

// do has the driver do something.
func (b *browsers) do(command values) (json.RawMessage, error) {
	b.mu.Lock()
	b.asked++
	command["id"] = b.asked
	waiting := make(chan driverReply, 1)
	b.replies[b.asked] = waiting
	line, err := json.Marshal(command)
	if err == nil {
		_, err = fmt.Fprintf(b.input, "%s\n", line)
	}
	b.mu.Unlock()
	must(b.t, err)
	select {
	case reply := <-waiting:
		if reply.Error != "" {
			return nil, errors.New(reply.Error)
		}
		return reply.Value, nil
	case <-time.After(2 * patience): // the page's own waits end before
		return nil, fmt.Errorf("the driver did not answer %s within %v", line, 2*patience)
	}
}

// microphone is a file that a browser's fake microphone plays again and again: whole
// periods of a tone at 48 kHz.
func microphone(t testing.TB, pitch float64) string {
	const rate = 48000
	name := filepath.Join(t.TempDir(), "microphone.wav")
	file, err := os.Create(name)
	must(t, err)
	must(t, errors.Join(audio.WriteWAV(file, rate, audiotest.Tone(rate, 10*time.Second, -12, pitch)), file.Close()))
	return name
}

// token is a token of a user for calls.
func (a *agent) token(user string) string {
	a.t.Helper()
	var token struct{ Token string }
	a.do("getToken", values{"user": user, "scopes": []string{"voip"}}, &token)
	return token.Token
}

// needChromium skips where there is none; in CI that is a failure.
func needChromium(t testing.TB) {
	t.Helper()
	needCalling(t)
	name := os.Getenv("CHROMIUM")
	if name == "" {
		name = "/usr/bin/chromium"
	}
	if _, err := os.Stat(name); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("chromium is not installed: make chromium")
	}
	t.Skip("chromium is not installed: make chromium, or name one in CHROMIUM")
}
