package e2e

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// consoleFiles are what the console is built into.
var consoleFiles = []string{"index.html", "icon.svg", "style.css", "app.js", "phone.js"}

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

// fill types into what a selector finds.
func (c *console) fill(selector, text string) {
	c.t.Helper()
	if _, err := c.do(values{"do": "fill", "tab": c.name, "selector": selector, "text": text}); err != nil {
		c.t.Fatal(err)
	}
}

// sound asks axe-core about the page, in both themes.
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
	p := start(t, setup{})
	b := startBrowsers(t)
	c := openConsole(p, b)
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
		{"numbers", "Numbers", "+15550100001"},
		{"trunks", "Trunks and routes", "loopback"},
		{"phones", "Phones", "No user has a phone."},
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
	t.Run("the number tester names route, trunk and guard", func(t *testing.T) {
		c := c.with(t)
		c.visit("numbers", "Numbers")
		c.fill("input[inputmode=tel]", "+4930123456")
		c.press("Test")
		c.shows("would be made")
		c.shows("loopback")
	})
	c.noErrors()
}
