package e2e

import "strconv"

// changesRoutesWithOthers: routes are a list that is replaced as a whole, and somebody else
// changes it while the page has a route open.
func changesRoutesWithOthers(c *console, cell func(text string) string) {
	elsewhere := func(routes string) {
		c.run(`
			const {token} = await (await fetch("/console/session")).json();
			const answer = await fetch("/console/api/sip?api-version=2024-11-15-preview", {
				method: "PATCH", headers: {"x-console-token": token, "content-type": "application/merge-patch+json"},
				body: JSON.stringify({routes: ` + routes + `}),
			});
			if (!answer.ok) throw new Error(await answer.text());`)
	}
	route := func(name, pattern string) string {
		return `{name: "` + name + `", numberPattern: ` + strconv.Quote(pattern) + `, trunks: ["sbc.example.com"]}`
	}
	change := `[...document.querySelectorAll("main tr")].find((row) => row.innerText.includes("germany")).querySelectorAll("button")[1]`
	germany, austria := route("germany", `^\+49`), route("austria", `^\+43`)

	c.clicks(change)
	c.until(`document.querySelector("dialog #routename")?.value === "germany"`)
	elsewhere(`[` + austria + `, ` + germany + `]`)
	c.fill("#routepattern", `^\+4930`)
	c.click("#saveroute")
	c.until(cell(`^\+4930`) + ` && ` + cell("austria"))

	c.click("#addroute")
	c.fill("#routename", "rest")
	elsewhere(`[` + austria + `, ` + route("switzerland", `^\+41`) + `, ` + route("germany", `^\+4930`) + `]`)
	c.fill("#routetrunks", "sbc.example.com")
	c.click("#saveroute")
	c.until(cell("rest") + ` && ` + cell("switzerland") + ` && ` + cell("austria"))

	c.clicks(change)
	c.until(`document.querySelector("dialog #routename")?.value === "germany"`)
	elsewhere(`[` + austria + `]`)
	c.click("#saveroute")
	c.until(`document.querySelector("dialog .problem")?.innerText.includes("Somebody has changed the route germany")`)
	c.until(`!` + cell("germany"))
	c.press("✕")
}
