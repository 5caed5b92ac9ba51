package e2e

import (
	"path/filepath"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// listOfCalls looks at the list of calls while calls come: it is in the order of their
// beginning, its rows fit, and a row that was chosen stays chosen, also when its call was looked at.
func listOfCalls(c *console, p *product) {
	caller, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: "+15557654321"})
	must(c.t, err)
	defer caller.Close()
	var ringing []*siptest.Call
	defer func() {
		for _, call := range ringing {
			_ = call.Cancel(within(c.t, 5*time.Second)) // it may have ended
		}
	}()
	rings := func() {
		call, err := caller.Call(ourNumber)
		must(c.t, err)
		ringing = append(ringing, call)
	}
	c.visit("calls", "Calls")
	if call, err := caller.Call("+15550199999"); err != nil || call.WaitAnswered(within(c.t, 10*time.Second)) == nil {
		c.t.Fatalf("a number that is not ours was answered: %v", err)
	}
	rings() // began later than what was refused, which the list is told of after two seconds
	rows := `[...document.querySelectorAll(".longtable .row")].sort((one, other) => one.ariaRowIndex - other.ariaRowIndex)`
	c.until(rows + `.some((row) => row.innerText.includes("+15550199999"))`)
	c.until(rows + `.some((row) => row.innerText.includes("+15557654321") && row.innerText.includes(` + strconv.Quote(ourNumber) + `))`)
	c.until(rows + `.map((row) => Date.parse(row.querySelector("time").dateTime)).every((at, i, all) => i === 0 || all[i - 1] >= at)`)

	for _, width := range []int{1200, 390} {
		c.resize(width)
		c.until(`document.querySelector(".longtable").scrollWidth <= document.querySelector(".longtable").clientWidth`)
	}
	c.resize(1280)

	chosen := `document.getElementById(document.querySelector(".longtable").getAttribute("aria-activedescendant"))?.querySelector("time").dateTime`
	key := func(name string) {
		c.run(`document.querySelector(".longtable").dispatchEvent(new KeyboardEvent("keydown", {key: %s, bubbles: true}))`, name)
	}
	key("Home")
	c.until(`document.querySelector(".longtable").getAttribute("aria-activedescendant").endsWith("-0") && (globalThis.top = ` + chosen + `) !== undefined`)
	key("ArrowDown")
	c.until(`(globalThis.chosen = ` + chosen + `) !== undefined && globalThis.chosen !== globalThis.top`)
	c.run(`globalThis.count = document.querySelector(".longtable").ariaRowCount`)
	rings()
	c.until(`Number(document.querySelector(".longtable").ariaRowCount) > Number(count)`)
	c.until(`globalThis.chosen === ` + chosen)
	key("Enter")
	c.until(`document.querySelector("#reason") !== null`)
	c.run(`history.back()`)
	c.until(`document.querySelector(".longtable .row") !== null && globalThis.chosen === ` + chosen)
}

// resize gives the page another width.
func (c *console) resize(width int) {
	c.t.Helper()
	_, err := c.do(values{"do": "shot", "tab": c.name, "file": filepath.Join(c.t.TempDir(), "width.png"), "width": width, "height": 860})
	must(c.t, err)
}
