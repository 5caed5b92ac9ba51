package e2e

import (
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// replay subscribes a sink, has an event delivered to it, and resends the event.
func replay(c *console) {
	subscribesSink(c)
	changesSubscription(c)
	subscribesFile(c)
	resends(c)
}

// subscribesSink subscribes the server's own sink to every event.
func subscribesSink(c *console) {
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
}

// changesSubscription changes a filter and headers, whose secret outlives another change.
func changesSubscription(c *console) {
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
}

// subscribesFile subscribes a file, which has to be in the folder for them.
func subscribesFile(c *console) {
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
}

// resends calls a number, and resends the event of that call to the sink.
func resends(c *console) {
	c.visit("softphone?to=%2B15550100001", "Softphone")
	c.until(`document.querySelector("#to")?.value === "+15550100001"`)
	c.click("#dial")
	c.until(`document.querySelector("#answer") !== null`)
	c.press("Hang up")
	c.shows("The call is over.")
	c.visit("webhooks", "Webhooks")
	c.press("Deliveries")
	// The file of calls, which was subscribed above, gets the event too, before or after the sink.
	incoming := `[...document.querySelectorAll(".longtable .row")].filter((row) => ["IncomingCall", "delivered", "sink"].every((text) => row.innerText.includes(text)))`
	c.until(`((found) => found.length > 0 && ((globalThis.before = found.length), found[0].click(), true))(` + incoming + `)`)
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
		c.clicks(failed)
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
	c.resize(390)
	c.until(`new Set([...document.querySelectorAll(".lanes, .rung")].map((one) => getComputedStyle(one).gridTemplateColumns)).size === 1`) // arrows end at the lines of who sends and receives
	c.resize(1280)
	c.clicks(`document.querySelector(".message.bad")`)
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
	c.clicks(row)
	for _, part := range []string{"SIP", "Participants", "Requests and events", "Timeline"} {
		c.press(part)
		c.run(`for (const line of document.querySelectorAll("button.line[aria-expanded=false]")) line.click()`)
	}
	c.shows("onerror=hacked=1")
	if got := c.text(`return String(globalThis.hacked) + document.querySelectorAll("main img, main script").length`); got != "undefined0" {
		c.t.Errorf("a text of a call became a part of the page: %s", got)
	}
}
