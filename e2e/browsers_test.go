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
	"strings"
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
		timer := time.AfterFunc(20*time.Second, func() { driver.Process.Kill() })
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
	case <-time.After(90 * time.Second):
		return nil, fmt.Errorf("the driver did not answer %s within 90 s", line)
	}
}

// tab is a browser's page.
type tab struct {
	*browsers
	name string
}

// open opens a browser, whose microphone gives a tone, at the page with the library.
func (b *browsers) open(name string, pitch float64) *tab { return b.openAt(name, b.page, pitch) }

// openAt opens a browser at a URL.
func (b *browsers) openAt(name, url string, pitch float64) *tab {
	b.t.Helper()
	return b.openSeen(name, url, pitch, "")
}

// openSeen opens a browser at a URL, whose camera shows a file of pictures; "" is the browser's own pattern.
func (b *browsers) openSeen(name, url string, pitch float64, camera string) *tab {
	b.t.Helper()
	if _, err := b.do(values{"do": "open", "tab": name, "url": url, "microphone": microphone(b.t, pitch), "camera": camera}); err != nil {
		b.t.Fatal(err)
	}
	return &tab{b, name}
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

// run runs the body of an async function in the page, and ends the test if it fails.
func (x *tab) run(code string, arguments ...any) json.RawMessage {
	x.t.Helper()
	value, err := x.try(code, arguments...)
	if err != nil {
		x.t.Fatalf("tab %s: %v", x.name, err)
	}
	return value
}

// try runs the body of an async function in the page. Each %s becomes a JSON text.
func (x *tab) try(code string, arguments ...any) (json.RawMessage, error) {
	encoded := make([]any, len(arguments))
	for i, argument := range arguments {
		text, err := json.Marshal(argument)
		must(x.t, err)
		encoded[i] = text
	}
	return x.do(values{"do": "eval", "tab": x.name, "code": fmt.Sprintf(code, encoded...)})
}

// text is what the code returns, as a text.
func (x *tab) text(code string, arguments ...any) (text string) {
	x.t.Helper()
	must(x.t, json.Unmarshal(x.run(code, arguments...), &text))
	return text
}

// agent makes a call agent in the page, for a user whom the application made.
func (x *tab) agent(a *agent, user, name string) {
	x.t.Helper()
	x.run(`
		globalThis.client = new calling.CallClient({logger: {info: console.log, warning: console.log, error: console.log, verbose: () => {}}});
		globalThis.agent = await client.createCallAgent(new AzureCommunicationTokenCredential(%s), {displayName: %s});
		globalThis.rings = [];
		agent.on("incomingCall", ({incomingCall}) => { rings.push(incomingCall); incomingCall.ended = new Promise(r => incomingCall.on("callEnded", r)); });`,
		a.token(user), name)
}

// joins joins a room or a group, and waits until it is connected.
func (x *tab) joins(locator values) {
	x.t.Helper()
	x.run(`
		globalThis.call = agent.join(%s);
		globalThis.lines = watch(call);
		globalThis.witnessed = witness(call);`, locator)
	x.until(`call.state === "Connected"`)
}

// witnesses asks that events have come, and none of them without a change.
func (x *tab) witnesses(events ...string) {
	x.t.Helper()
	var seen struct {
		Came   map[string]int
		InVain []string
	}
	must(x.t, json.Unmarshal(x.run(`return witnessed`), &seen))
	for _, event := range events {
		if seen.Came[event] == 0 {
			x.t.Errorf("tab %s: no %s", x.name, event)
		}
	}
	for _, event := range seen.InVain {
		x.t.Errorf("tab %s: nothing has changed: %s", x.name, event)
	}
}

// until waits until an expression holds in the page.
func (x *tab) until(expression string) {
	x.t.Helper()
	loop := `for (let end = Date.now() + 40000; !(` + expression + `);) {
		if (Date.now() > end) throw new Error("never: " + %s);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}`
	if _, err := x.try(loop, expression); err != nil {
		said, _ := x.try(`return globalThis.call ? JSON.stringify([call.state, call.callEndReason ?? null, globalThis.lines ?? null]) : ""`)
		x.t.Fatalf("tab %s: %v; its call: %s", x.name, err, said)
	}
}

// hears asks that the tab hears a tone, and nothing as loud beside it.
func (x *tab) hears(pitch float64) {
	x.t.Helper()
	x.until(fmt.Sprintf(`(await tone(await call.remoteAudioStreams[0].getMediaStream(), %g, 600)).share > 0.6`, pitch))
}

// heardTone holds in a page that hears a tone, whatever it hears beside it.
func heardTone(pitch float64) string {
	return fmt.Sprintf(`(await tone(await call.remoteAudioStreams[0].getMediaStream(), %g, 600)).level > 0.05`, pitch)
}

// holds reports whether an expression holds in the page.
func (x *tab) holds(expression string) (holds bool) {
	x.t.Helper()
	must(x.t, json.Unmarshal(x.run(`return Boolean(`+strings.ReplaceAll(expression, "%", "%%")+`)`), &holds))
	return holds
}

// hearsNothing asks that the tab hears no tone of a pitch. What Opus makes of silence has a
// level of 0.02, a tone one of ten and more.
func (x *tab) hearsNothing(pitch float64) {
	x.t.Helper()
	x.until(fmt.Sprintf(`(await tone(await call.remoteAudioStreams[0].getMediaStream(), %g, 600)).level < 0.5`, pitch))
}

// noErrors asks that nothing was thrown in the page.
func (x *tab) noErrors() {
	x.t.Helper()
	value, err := x.do(values{"do": "errors", "tab": x.name})
	must(x.t, err)
	var thrown []string
	must(x.t, json.Unmarshal(value, &thrown))
	for _, one := range thrown {
		x.t.Errorf("tab %s: uncaught %s", x.name, one)
	}
}

// isQuiet asks that no error was thrown in the page, that the browser has complained of
// nothing, and that the library has logged no error.
func (x *tab) isQuiet() {
	x.t.Helper()
	x.noErrors()
	value, err := x.do(values{"do": "said", "tab": x.name})
	must(x.t, err)
	var said []string
	must(x.t, json.Unmarshal(value, &said))
	for _, line := range said {
		if kind, text, _ := strings.Cut(line, " "); kind == "error" || kind == "warning" || strings.Contains(text, "Error") {
			x.t.Errorf("tab %s: %s", x.name, line)
		}
	}
}

// close ends the browser, as when its window is closed.
func (x *tab) close() {
	x.t.Helper()
	_, err := x.do(values{"do": "close", "tab": x.name})
	must(x.t, err)
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

// with is the same tab in a subtest.
func (x *tab) with(t testing.TB) *tab {
	driver := x.browsers
	return &tab{&browsers{t: t, page: driver.page, link: driver.link}, x.name}
}

// click clicks on what a selector finds.
func (x *tab) click(selector string) {
	x.t.Helper()
	if _, err := x.do(values{"do": "click", "tab": x.name, "selector": selector}); err != nil {
		x.t.Fatal(err)
	}
}

// fill types into what a selector finds.
func (x *tab) fill(selector, text string) {
	x.t.Helper()
	if _, err := x.do(values{"do": "fill", "tab": x.name, "selector": selector, "text": text}); err != nil {
		x.t.Fatal(err)
	}
}

// quoted is a text as JavaScript writes it.
func quoted(text string) string { return `"` + text + `"` }
