package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

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
	c.clicks(`[...document.querySelectorAll("dialog[open] button, dialog[open] a, button, a")].find((one) => one.textContent.trim() === ` + string(quoted) + ` && !one.disabled)`)
}

// clicks waits for an element, and clicks on it before the page can replace it.
func (c *console) clicks(element string) {
	c.t.Helper()
	c.until(`((found) => found && (found.click(), true))(` + element + `)`)
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
	c.resize(390)
	c.until(`document.documentElement.scrollWidth <= 391`)
	c.until(`[...document.querySelectorAll(".tablebox td")].every((cell) => {
		cell.append(" and more"); // than one thing stand beside the name of the column
		const range = document.createRange();
		range.selectNodeContents(cell);
		const fits = [...range.getClientRects()].every((at) => at.width === 0 || at.left >= cell.getBoundingClientRect().left + 100);
		cell.lastChild.remove();
		return fits;
	})`)
	c.resize(1280)
}
