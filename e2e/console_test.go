package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// consoleFiles are what the console is built into.
var consoleFiles = []string{"index.html", "icon.svg", "welcome.wav", "style.css", "app.js", "phone.js"}

// maxConsole bounds the page with its softphone, in bytes as they are sent.
const maxConsole = 150_000

// TestConsoleIsBuilt: the page that the binary embeds is that of web/console, its types
// fit, and it is small.
func TestConsoleIsBuilt(t *testing.T) {
	t.Parallel()
	needConsole(t)
	built, size := t.TempDir(), 0
	if out, err := exec.Command("node", "../web/console/build.mjs", built, "--check").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range consoleFiles {
		want, err := os.ReadFile(filepath.Join(built, file))
		must(t, err)
		got, err := os.ReadFile(filepath.Join("../internal/console/page", file))
		must(t, err)
		if !bytes.Equal(got, want) {
			t.Errorf("internal/console/page/%s is old: node web/console/build.mjs", file)
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, err = w.Write(got)
		must(t, err)
		must(t, w.Close())
		size += packed.Len()
	}
	t.Logf("the console has %d bytes with gzip", size)
	if size > maxConsole {
		t.Errorf("the console has %d bytes with gzip, more than %d", size, maxConsole)
	}
}

// needConsole skips where the tools of the console are not installed; in CI that is a failure.
func needConsole(t testing.TB) {
	t.Helper()
	needCalling(t)
	if _, err := os.Stat("../web/console/node_modules/preact"); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("what the console is made of is not installed: make web/console/node_modules/.installed")
	}
	t.Skip("what the console is made of is not installed: make web/console/node_modules/.installed")
}

// consoleLink is the address that the product prints at its start, which signs in once.
func (p *product) consoleLink() string {
	p.t.Helper()
	link := regexp.MustCompile(`http://\S+/console/#signin=\S+`)
	p.prints("/console/#signin=")
	return link.FindString(p.log.String())
}

// console is a tab in which somebody is signed in to the console.
type console struct {
	*tab
	base string
}

// openConsole opens the console in a browser.
func openConsole(p *product, b *browsers) *console {
	p.t.Helper()
	x := b.openAt("console", p.consoleLink(), firstPitch)
	x.until(`document.querySelector("main h1")?.textContent === "Home"`)
	return &console{x, "http://" + p.addresses.HTTP + "/console/"}
}

func (c *console) with(t testing.TB) *console { return &console{c.tab.with(t), c.base} }

// visit goes to a page of the console by a link, as a person does.
func (c *console) visit(path, title string) {
	c.t.Helper()
	c.run(`const link = document.createElement("a"); link.href = "/console/" + %s; document.body.append(link); link.click(); link.remove();`, path)
	c.until(fmt.Sprintf(`document.querySelector("main h1")?.textContent.includes(%q)`, title))
}

// shows waits until the page has a text.
func (c *console) shows(text string) {
	c.t.Helper()
	quoted, err := json.Marshal(text)
	must(c.t, err)
	c.until(`document.body.innerText.includes(` + string(quoted) + `)`)
}

// press clicks on the first button or link with that text.
func (c *console) press(text string) {
	c.t.Helper()
	quoted, err := json.Marshal(text)
	must(c.t, err)
	find := `[...document.querySelectorAll("dialog[open] button, dialog[open] a, button, a")].find((one) => one.textContent.trim() === ` + string(quoted) + ` && !one.disabled)`
	c.until(find + ` !== undefined`)
	c.run(find + `.click()`)
}

// accessible asks axe-core about the page, in both themes.
func (c *console) accessible() {
	c.t.Helper()
	for _, colors := range []string{"light", "dark"} {
		answer, err := c.do(values{"do": "axe", "tab": c.name, "colors": colors})
		must(c.t, err)
		var found []string
		must(c.t, json.Unmarshal(answer, &found))
		for _, one := range found {
			c.t.Errorf("%s, %s: axe: %s", c.text(`return location.pathname`), colors, one)
		}
	}
}

// shot takes a picture of the page, for docs/console.md, if SWITCHHOOK_SHOTS names a
// directory.
func (c *console) shot(name string, more values) {
	c.t.Helper()
	dir := os.Getenv("SWITCHHOOK_SHOTS")
	if dir == "" {
		return
	}
	c.run(`for (const dismiss of document.querySelectorAll(".toast button")) dismiss.click()`) // what was said in passing
	command := values{"do": "shot", "tab": c.name, "file": filepath.Join(dir, name+".png"), "width": 1280, "height": 860}
	for key, value := range more {
		command[key] = value
	}
	_, err := c.do(command)
	must(c.t, err)
}

// narrow asks that nothing sticks out of a narrow screen.
func (c *console) narrow() {
	c.t.Helper()
	_, err := c.do(values{"do": "shot", "tab": c.name, "file": filepath.Join(c.t.TempDir(), "narrow.png"), "width": 390, "height": 800})
	must(c.t, err)
	c.until(`document.documentElement.scrollWidth <= 391`)
	_, err = c.do(values{"do": "shot", "tab": c.name, "file": filepath.Join(c.t.TempDir(), "wide.png"), "width": 1280, "height": 860})
	must(c.t, err)
}

// TestConsole goes through the pages of the console in one browser, on one server.
func TestConsole(t *testing.T) {
	t.Parallel()
	far, port := newFarPhone(t)
	issuer := authtest.NewIssuer("console", "")
	defer issuer.Close()
	issuer.Is(jwt.MapClaims{"sub": "1", "name": "Ann", "roles": []string{"chief"}})
	p := start(t, setup{trunk: port, config: "guards: [{name: premium, prefix: '+1900', deny: true}]\navailable-numbers: ['+15551230010']\n" +
		"auth: {oidc: [{issuer: '" + issuer.URL + "', admin: {roles: [chief]}, console: {client-id: console}}]}\n"})
	b := startBrowsers(t)
	c := openConsole(p, b)
	t.Run("an issuer signs in", func(t *testing.T) {
		away := (&console{b.openAt("issuer", c.base+"calls", firstPitch), c.base}).with(t)
		away.press("Sign in with " + strings.TrimPrefix(issuer.URL, "http://"))
		eventually(t, 20*time.Second, "the issuer's page has led back, and the page is that of an administrator", func() bool {
			shown, err := away.try(`return document.querySelector("main h1")?.textContent + document.querySelector(".who")?.innerText`) // fails while the browser is on its way
			return err == nil && strings.Contains(string(shown), "Calls") && strings.Contains(string(shown), "Administrator")
		})
	})
	t.Run("the link is gone from the address, and signs in nobody else", func(t *testing.T) {
		c := c.with(t)
		if address := c.text(`return location.href`); strings.Contains(address, "signin") {
			t.Errorf("the page is at %s", address)
		}
		if status := c.text(`return String((await fetch("/console/session", {method: "POST", body: JSON.stringify({link: %s})})).status)`, p.consoleLink()[strings.Index(p.consoleLink(), "signin=")+7:]); status != "401" {
			t.Errorf("the link signs in again: %s", status)
		}
	})
	for _, page := range []struct{ path, title, shows string }{
		{"", "Home", "connection string"},
		{"calls", "Calls", "There was no call yet."},
		{"webhooks", "Webhooks", "Nothing was delivered yet."},
		{"softphone", "Softphone", "Be called"},
		{"numbers", "Numbers", "+15550100001"},
		{"trunks", "Trunks and routes", "premium"},
		{"phones", "Phones", "No user has a phone."},
		{"people", "Users and rooms", "There is no room."},
		{"recordings", "Recordings", "There is no recording."},
		{"keys", "Keys", "primary key"},
	} {
		t.Run("page "+page.title, func(t *testing.T) {
			c := c.with(t)
			c.visit(page.path, page.title)
			c.shows(page.shows)
			c.shot("console-"+strings.ToLower(strings.Fields(page.title)[0]), nil)
			c.accessible()
			c.narrow()
		})
	}
	t.Run("a phone is issued, with a code to scan", func(t *testing.T) {
		c := c.with(t)
		c.visit("phones", "Phones")
		c.click("#addphone")
		c.fill("#username", "101")
		c.click("#issue")
		c.shows("The password is shown once")
		c.until(`document.querySelector("dialog svg.qr path").getAttribute("d").length > 1000`)
		c.accessible()
		c.shot("console-phone", nil)
		c.press("✕")
		c.shows("8:acs:")
	})
	t.Run("a user gets a token, a room is made", func(t *testing.T) {
		c := c.with(t)
		c.visit("people", "Users and rooms")
		c.click("#issuetoken")
		c.shows("The token is good until")
		c.click("#addroom")
		c.shows("Open in a tab")
		c.accessible()
	})
	t.Run("the number tester names route, trunk and guard", func(t *testing.T) {
		c := c.with(t)
		c.visit("numbers", "Numbers")
		c.fill("input[inputmode=tel]", "+4930123456")
		c.press("Test")
		c.shows("would be made")
		c.fill("input[inputmode=tel]", "+19005550100")
		c.press("Test")
		c.shows(`Guard "premium" does not allow calls to +19005550100.`)
	})
	t.Run("trunks, routes, numbers and rooms are changed", func(t *testing.T) { administers(c.with(t)) })
	t.Run("a first call is made from the page alone", func(t *testing.T) { firstCall(c.with(t)) })
	t.Run("the page is a phone number, calls, transfers and is called", func(t *testing.T) { asPhone(c.with(t)) })
	t.Run("an event is replayed", func(t *testing.T) { replay(c.with(t)) })
	t.Run("the reason of a failure stands on the page", func(t *testing.T) { failures(c.with(t), far) })
	t.Run("the programs of Home run as they are", func(t *testing.T) { snippets(c.with(t)) })
	t.Run("a request runs again as curl", func(t *testing.T) { asCurl(c.with(t), p) })
	t.Run("hostile texts are texts", func(t *testing.T) { hostile(c.with(t), p) })
	c.noErrors()
	t.Run("a server that is gone is not taken for a quiet one", func(t *testing.T) {
		c := c.with(t)
		c.visit("calls", "Calls")
		p.kill()
		c.shows("The server does not answer: what is shown may be old.")
		c.accessible()
	})
}

// firstCall calls a number of the resource, answers as its application, and hears.
func firstCall(c *console) {
	c.visit("", "Home")
	c.click("#testcall")
	c.until(`document.querySelector("#to")?.value === "+15550100001"`)
	c.click("#dial")
	c.click("#answer")
	c.shows("Connected")
	c.click("#playtone")
	c.until(`document.querySelector("meter").value > 0.02`)
	c.shot("console-softphone", values{"height": 1100})
	c.accessible()
	c.press("5")
	c.run(`const answer = await (await fetch("/console/api/admin/insight/v1/wait?kind=browser&timeout=40s&since=" + new Date(Date.now() - 5000).toISOString())).json(); if (!answer.met) throw new Error("the page's library does not say how its media go")`)
	c.press("Hold")
	c.shows("LocalHold")
	c.press("Resume")
	c.fill("#script", "press 1\nspeak welcome\nwait 0.2\nhang up")
	c.click("#runscript")
	c.shows("The call is over.")
	c.press("See the call")
	c.shows("PlayStarted")
	c.shows("IncomingCall")
	c.until(`document.querySelector("#reason").textContent.length > 10`)
	c.shot("console-call", nil)
	c.accessible()
	c.press("Participants")
	c.shows("answered at")
	c.press("Sound")
	c.shows("As browsers measured it")
	c.shows("host to")
	c.shot("console-sound", nil)
	c.accessible()
	c.visit("calls", "Calls")
	c.until(`document.querySelectorAll(".longtable .row").length > 0`)
	c.shot("console-calls", nil)
	c.run(`const search = document.querySelector("input[type=search]"); search.value = document.querySelector(".longtable .row [role=gridcell]:nth-child(2)").innerText; search.dispatchEvent(new Event("input", {bubbles: true}))`)
	c.until(`performance.getEntriesByType("resource").some((one) => one.name.includes("about="))`)
	if found := c.text(`await new Promise((done) => setTimeout(done, 300)); return document.querySelector("main").innerText`); strings.Contains(found, "No call matches.") {
		c.t.Error("a user is not found by what the list shows")
	}
	c.run(`const search = document.querySelector("input[type=search]"); search.value = ""; search.dispatchEvent(new Event("input", {bubbles: true}))`)
	c.accessible()
	c.narrow()
}

// administers does what commands and SDKs do, and sees the result.
func administers(c *console) {
	cell := func(text string) string {
		return `[...document.querySelectorAll("main td")].some((cell) => cell.innerText.includes(` + strconv.Quote(text) + `))`
	}
	c.visit("trunks", "Trunks and routes")
	c.click("#addtrunk")
	c.fill("#trunkname", "no host")
	c.click("#savetrunk")
	c.until(`document.querySelector("dialog .problem")?.innerText.length > 10`) // the API's checks
	c.fill("#trunkname", "sbc.example.com")
	c.fill("#trunkport", "5062")
	c.click("#savetrunk")
	c.until(cell("sbc.example.com"))
	c.click("#addroute")
	c.fill("#routename", "germany")
	c.fill("#routepattern", `^\+49`)
	c.fill("#routetrunks", "sbc.example.com")
	c.accessible()
	c.click("#saveroute")
	c.until(cell(`^\+49`))
	c.shot("console-trunks", nil)
	c.accessible()
	c.run(`globalThis.confirm = () => true`)
	c.press("Take the file's again")
	c.until(`!` + cell("sbc.example.com"))

	c.visit("numbers", "Numbers")
	c.click("#getnumber")
	c.until(`document.querySelector("dialog select").options.length > 0`)
	c.click("#searchnumber")
	c.shows("is held until")
	c.accessible()
	c.click("#buynumber")
	row := `[...document.querySelectorAll("main tr")].find((row) => row.innerText.includes("+15551230010"))`
	c.until(row + `?.innerText.includes("owned")`)
	c.run(`[...` + row + `.querySelectorAll("button")].find((one) => one.innerText === "Release").click()`)
	c.until(row + `?.innerText.includes("available")`)

	c.visit("people", "Users and rooms")
	c.press("Participants")
	c.click("#invite")
	c.until(`document.querySelectorAll("dialog .invited").length === 1`)
	c.run(`const role = document.querySelector("dialog .invited select"); role.value = "Presenter"; role.dispatchEvent(new Event("change", {bubbles: true}))`)
	c.accessible()
	c.press("✕")
	c.press("Participants")
	c.until(`document.querySelector("dialog .invited select")?.value === "Presenter"`)
	c.press("✕")
}

// replay subscribes a sink, has an event delivered to it, and resends the event.
func replay(c *console) {
	c.visit("webhooks", "Webhooks")
	c.press("Events")
	c.until(`[...document.querySelectorAll("main summary")].some((line) => line.innerText.includes("IncomingCall"))`)
	c.accessible()
	c.press("Sinks")
	c.click("#addsink")
	c.press("Subscribe it to every event")
	c.press("Subscriptions")
	c.until(`[...document.querySelectorAll("td")].some((cell) => cell.innerText.includes("Succeeded"))`)
	c.shot("console-webhooks", nil)
	c.accessible()
	c.press("Change")
	c.run(`document.querySelector("dialog details").open = true`)
	c.fill("#attempts", "3")
	c.fill("#ends", "nobody")
	c.fill("#headers", "X-Key static hush true\nX-To dynamic data.to.rawId")
	c.accessible()
	c.shot("console-subscription", values{"height": 1500})
	c.click("#add")
	c.shows("ends with nobody")
	c.press("Change")
	c.fill("#ends", "")
	c.click("#add")
	c.until(`!document.body.innerText.includes("ends with nobody")`)
	if secret := c.text(`
		const {token} = await (await fetch("/console/session")).json();
		const base = performance.getEntriesByType("resource").map((one) => new URL(one.name).pathname).find((one) => one.includes("/eventSubscriptions"));
		const answer = await fetch(base.replace(/eventSubscriptions.*/, "eventSubscriptions/sink/getDeliveryAttributes?api-version=2022-06-15"), {method: "POST", headers: {"x-console-token": token}});
		return (await answer.json()).value.map((one) => one.properties.value ?? one.properties.sourceField).join()`); secret != "hush,data.to.rawId" {
		c.t.Errorf("after two changes the headers are %s", secret)
	}
	c.press("Dead letters")
	c.shows("keeps no dead letters")
	c.press("✕")
	c.click("#addsubscription")
	c.fill("#name", "tofile")
	c.run(`const kind = document.querySelector("#kind"); kind.value = "File"; kind.dispatchEvent(new Event("change", {bubbles: true}))`)
	c.fill("#file", "../calls.jsonl")
	c.click("#add")
	c.until(`document.querySelector("dialog .problem")?.innerText.length > 10`)
	c.fill("#file", "calls.jsonl")
	c.shows("--endpoint-type file --endpoint calls.jsonl")
	c.click("#add")
	c.shows("File calls.jsonl")
	c.press("Would it match?")
	c.run(`document.querySelector("dialog form").requestSubmit()`)
	c.shows("yes")
	c.press("✕")
	c.visit("softphone?to=%2B15550100001", "Softphone")
	c.until(`document.querySelector("#to")?.value === "+15550100001"`)
	c.click("#dial")
	c.until(`document.querySelector("#answer") !== null`)
	c.press("Hang up")
	c.shows("The call is over.")
	c.visit("webhooks", "Webhooks")
	c.press("Deliveries")
	// The file of calls, which was subscribed above, gets the event too, before or after the sink.
	incoming := `[...document.querySelectorAll(".longtable .row")].filter((row) => ["IncomingCall", "delivered", "SINK"].every((text) => row.innerText.includes(text)))`
	c.until(incoming + `.length > 0`)
	c.run(`globalThis.before = ` + incoming + `.length; ` + incoming + `[0].click()`)
	c.click("#resend")
	c.press("✕")
	c.until(incoming + `.length === before + 1`)
	c.shot("console-deliveries", nil)
	c.fill("input[aria-label=Subscription]", "nobody")
	c.shows("No delivery matches.")
	c.press("Show all deliveries")
	c.until(incoming + `.length > 0`)
}

// failures makes calls that fail, and reads why.
func failures(c *console, far *siptest.Phone) {
	go func() {
		if call, err := far.Next(within(c.t, 30*time.Second)); err == nil {
			_ = call.Busy() // the page shows whether it came
		}
	}()
	open := func(text string) {
		c.visit("calls", "Calls")
		failed := `[...document.querySelectorAll(".longtable .row.failed")].find((row) => row.innerText.includes(` + strconv.Quote(text) + `))`
		c.until(failed + ` !== undefined`)
		c.run(failed + `.click()`)
	}
	c.visit("softphone?to="+url.QueryEscape(farNumber), "Softphone")
	c.until(`document.querySelector("#to")?.value === ` + strconv.Quote(farNumber))
	c.click("#dial")
	c.until(`document.querySelector("#ended")?.innerText.length > 10`)
	open(farNumber)
	c.until(`document.querySelector("#reason")?.textContent.includes("486")`)
	c.press("SIP")
	c.shows("first failure")
	c.shot("console-ladder", nil)
	c.accessible()
	c.run(`document.querySelector(".message.bad").click()`)
	c.shows("SIP/2.0 486")
	c.press("✕")

	c.run(`
		const {token} = await (await fetch("/console/session")).json();
		const body = {targets: [{kind: "phoneNumber", phoneNumber: {value: "+19005550100"}}], sourceCallerIdNumber: {value: "+15550100001"}, callbackUri: "http://127.0.0.1:9/"};
		const answer = await fetch("/console/api/calling/callConnections?api-version=2025-06-15", {method: "POST", headers: {"x-console-token": token, "content-type": "application/json"}, body: JSON.stringify(body)});
		if (answer.status !== 403) throw new Error("the call is answered with " + answer.status);`)
	open("premium")
	c.until(`document.querySelector("#reason")?.textContent.includes("premium")`)
}

// hostile has a stranger put markup into every text of a call that he chooses.
func hostile(c *console, p *product) {
	const markup = `<img src=x onerror=hacked=1><script>hacked=1</script>`
	caller, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: "+15551234567"})
	must(c.t, err)
	defer caller.Close()
	call, err := caller.Invite(siptest.Invite{To: ourNumber, Fields: []siptest.Field{
		{Name: "From", Value: `"` + markup + `" <sip:+15551234567@127.0.0.1>;tag=` + strconv.Itoa(os.Getpid())},
		{Name: "User-Agent", Value: markup}, {Name: "Subject", Value: markup},
	}})
	must(c.t, err)
	c.visit("calls", "Calls")
	row := `[...document.querySelectorAll(".longtable .row")].find((row) => row.innerText.includes("+15551234567"))`
	c.until(row + ` !== undefined`)
	must(c.t, call.Cancel(within(c.t, 10*time.Second)))
	c.run(row + `.click()`)
	for _, part := range []string{"SIP", "Participants", "Requests and events", "Timeline"} {
		c.press(part)
		c.run(`for (const line of document.querySelectorAll("button.line[aria-expanded=false]")) line.click()`)
	}
	c.shows("onerror=hacked=1")
	if got := c.text(`return String(globalThis.hacked) + document.querySelectorAll("main img, main script").length`); got != "undefined0" {
		c.t.Errorf("a text of a call became a part of the page: %s", got)
	}
}
