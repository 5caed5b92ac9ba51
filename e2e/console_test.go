package e2e

import (
	"bytes"
	"compress/gzip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/switchhook/switchhook/internal/auth/authtest"
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

// TestPagesOfTheConsoleWork goes through the pages of the console in one browser, on one server.
func TestPagesOfTheConsoleWork(t *testing.T) {
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
	looksAtPages(t, c)
	awaits(t, c)
	t.Run("a phone is issued, with a code to scan", func(t *testing.T) { issuesPhone(c.with(t)) })
	t.Run("a user gets a token, a room is made", func(t *testing.T) { issuesToken(c.with(t)) })
	t.Run("the number tester names route, trunk and guard", func(t *testing.T) { testsNumbers(c.with(t)) })
	t.Run("trunks, routes, numbers and rooms are changed", func(t *testing.T) { administers(c.with(t)) })
	t.Run("a first call is made from the page alone", func(t *testing.T) { firstCall(c.with(t)) })
	t.Run("the page is a phone number, calls, transfers and is called", func(t *testing.T) { asPhone(c.with(t)) })
	t.Run("an event is replayed", func(t *testing.T) { replay(c.with(t)) })
	t.Run("the reason of a failure stands on the page", func(t *testing.T) { failures(c.with(t), far) })
	t.Run("the list of calls is in order while calls come", func(t *testing.T) { listOfCalls(c.with(t), p) })
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

// looksAtPages opens each page of the console, also on a narrow screen.
func looksAtPages(t *testing.T, c *console) {
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
}

// issuesPhone issues a phone to a user, with a code that a telephone scans.
func issuesPhone(c *console) {
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
}

// issuesToken gives a user a token, and makes a room.
func issuesToken(c *console) {
	c.visit("people", "Users and rooms")
	c.click("#issuetoken")
	c.shows("The token is good until")
	c.click("#addroom")
	c.shows("Open in a tab")
	c.accessible()
}

// testsNumbers asks where calls to numbers would go, and which guard refuses them.
func testsNumbers(c *console) {
	c.visit("numbers", "Numbers")
	c.fill("input[inputmode=tel]", "+4930123456")
	c.press("Test")
	c.shows("would be made")
	c.fill("input[inputmode=tel]", "+19005550100")
	c.press("Test")
	c.shows(`Guard "premium" does not allow calls to +19005550100.`)
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
	c.until(`document.querySelector(".badge.live")?.innerText === "Connected"`)
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
	// A user is found by what the list shows: the answer is another list, which has the user.
	c.run(`
		const search = document.querySelector("input[type=search]"), before = document.querySelector(".longtable .row [role=gridcell]:nth-child(2)").innerText;
		search.value = before;
		globalThis.found = false;
		const ask = fetch;
		globalThis.fetch = async (at, how) => {
			const answer = await ask(at, how);
			if (String(at).includes("about=")) answer.clone().json().then(({value}) => (globalThis.found = value.length > 0));
			return answer;
		};
		search.dispatchEvent(new Event("input", {bubbles: true}))`)
	c.until(`globalThis.found && document.querySelectorAll(".longtable .row").length > 0`)
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
	changesRoutesWithOthers(c, cell)
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
	c.clicks(`[...` + row + `.querySelectorAll("button")].find((one) => one.innerText === "Release" && !one.disabled)`)
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
