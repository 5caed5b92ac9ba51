package e2e

import (
	"fmt"
	"testing"
)

// awaits looks at pages of the console while the server has not answered what they ask for:
// none shows what it does not know, or changes what it has not read.
func awaits(t *testing.T, c *console) {
	shows := func(text string) string { return fmt.Sprintf(`document.body.innerText.includes(%q)`, text) }
	for _, test := range []struct{ name, asked, path, title, before, after string }{
		{
			"routes are not added to a list that is not there", "/api/sip?", "trunks", "Trunks and routes",
			`document.querySelector("#addroute").disabled && !` + shows("No route is configured"), `!document.querySelector("#addroute").disabled && ` + shows("No route is configured"),
		},
		{
			"guards are not taken for none", "/admin/guards", "trunks", "Trunks and routes",
			shows("Guards are in the configuration file") + ` && !` + shows("No guard is configured"), shows("premium"),
		},
		{
			"numbers are searched in a country that there is", "/availablePhoneNumbers/countries", "numbers", "Numbers",
			`document.querySelector("#getnumber").disabled`, `!document.querySelector("#getnumber").disabled`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := c.with(t)
			c.visit("calls", "Calls")
			c.holdsBack(test.asked)
			c.visit(test.path, test.title)
			c.until(test.before)
			c.run(`release()`)
			c.until(test.after)
		})
	}
	t.Run("a number that was typed meanwhile stays", func(t *testing.T) {
		c := c.with(t)
		c.visit("calls", "Calls")
		c.holdsBack("/admin/overview")
		c.visit("softphone?to=%2B15550100001", "Softphone")
		c.until(`document.querySelector("#to").value === "+15550100001"`)
		c.fill("#to", "+15550100002")
		c.run(`release()`)
		c.until(`document.querySelectorAll("#ownednumbers option").length > 0`)
		c.until(`document.querySelector("#to").value === "+15550100002"`)
	})
	t.Run("an answer that was overtaken is old", func(t *testing.T) {
		c := c.with(t)
		c.visit("calls", "Calls")
		c.run(`
			const kept = fetch;
			let first = true;
			globalThis.late = 0;
			globalThis.fetch = async (at, how) => {
				const answer = await kept(at, how);
				if (!String(at).includes("/admin/phones") || how.method !== "GET" || !first) return answer;
				first = false;
				globalThis.late = 1;
				await new Promise((resolve) => (globalThis.release = resolve));
				const read = answer.text.bind(answer);
				answer.text = () => read().finally(() => (globalThis.late = 2));
				return answer;
			};
			globalThis.restore = () => (globalThis.fetch = kept);`)
		c.visit("phones", "Phones")
		c.until(`late === 1`)
		c.click("#addphone")
		c.fill("#username", "199")
		c.click("#issue")
		c.shows("The password is shown once")
		c.press("✕")
		row := `[...document.querySelectorAll("main td")].some((cell) => cell.innerText === "199")`
		c.until(row)
		c.run(`release()`)
		c.until(`late === 2`)
		if !c.holds(`(await new Promise(requestAnimationFrame), await new Promise(requestAnimationFrame), ` + row + `)`) {
			t.Error("the list is older than it was")
		}
		c.run(`restore(); globalThis.confirm = () => true`)
		c.clicks(`[...document.querySelectorAll("main tr")].find((one) => one.innerText.includes("199"))?.querySelector("button.danger")`)
		c.until(`!` + row)
	})
}

// holdsBack keeps requests of the page whose address has a part, until release is called there.
func (c *console) holdsBack(part string) {
	c.t.Helper()
	c.run(`
		const kept = fetch, held = new Promise((resolve) => (globalThis.release = () => { globalThis.fetch = kept; resolve(); }));
		globalThis.fetch = async (at, how) => {
			if (String(at).includes(%s)) await held;
			return kept(at, how);
		};`, part)
}
