package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

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

// openFirefox opens the installed Firefox, whose microphone gives a tone, at the page with the library.
func (b *browsers) openFirefox(name string, pitch float64) *tab {
	b.t.Helper()
	if _, err := b.do(values{"do": "open", "tab": name, "url": b.page, "browser": "firefox", "pitch": pitch}); err != nil {
		b.t.Fatal(err)
	}
	return &tab{b, name}
}

// openSeen opens a browser at a URL, whose camera shows a file of pictures; "" is the browser's own pattern.
func (b *browsers) openSeen(name, url string, pitch float64, camera string) *tab {
	b.t.Helper()
	if _, err := b.do(values{"do": "open", "tab": name, "url": url, "microphone": microphone(b.t, pitch), "camera": camera}); err != nil {
		b.t.Fatal(err)
	}
	return &tab{b, name}
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

// witnesses waits until events have come, and asks that none has come without a change.
func (x *tab) witnesses(events ...string) {
	x.t.Helper()
	for _, event := range events {
		x.until(`witnessed.came[` + quoted(event) + `] > 0`)
	}
	var inVain []string
	must(x.t, json.Unmarshal(x.run(`return witnessed.inVain`), &inVain))
	for _, event := range inVain {
		x.t.Errorf("tab %s: nothing has changed: %s", x.name, event)
	}
}

// until waits until an expression holds in the page. While what it asks for is not in the page
// yet it may throw.
func (x *tab) until(expression string) {
	x.t.Helper()
	loop := `for (const end = Date.now() + %s; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
		let thrown = "";
		try {
			if (` + expression + `) return;
		} catch (error) {
			thrown = " (" + error + ")";
		}
		if (Date.now() > end) throw new Error("never: " + %s + thrown);
	}`
	if _, err := x.try(loop, patience.Milliseconds(), expression); err != nil {
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
