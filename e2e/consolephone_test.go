package e2e

import (
	"strconv"
	"strings"
)

// pageNumber is the phone number that the console's softphone is for applications.
const pageNumber = "+15557770001"

// asPhone makes the softphone a phone number: it calls an application, transfers the
// call to another number, and is called.
func asPhone(c *console) {
	c.visit("softphone?to=%2B15550100001", "Softphone")
	c.until(`document.querySelector("#to")?.value === "+15550100001"`)
	choose := func(selector, value string) {
		c.run(`const one = document.querySelector(` + strconv.Quote(selector) + `); one.value = ` + strconv.Quote(value) + `; one.dispatchEvent(new Event("change", {bubbles: true}))`)
	}
	choose("#callas", "number")
	c.until(`document.querySelector("#linenumber")?.value === "` + pageNumber + `"`)
	c.accessible()
	c.click("#dial")
	c.shows("of +15557770001") // who calls, as the application sees it
	c.click("#answer")
	c.shows("Connected")
	c.press("7")
	c.fill("#transferto", "+15550100002")
	c.press("Transfer")
	c.shows("+15550100002 rings for")
	c.click("#answer")
	c.until(`document.querySelector("#ended")?.innerText.includes("transferred to +15550100002")`)
	c.shot("console-phonenumber", values{"height": 1100})
	c.press("End the call for everyone")
	c.until(`document.querySelector("#playtone") === null`)

	create := func(target string) {
		c.run(`
			const {token} = await (await fetch("/console/session")).json();
			const body = {targets: [` + target + `], sourceCallerIdNumber: {value: "+15550100001"}, callbackUri: location.origin + "/nothing"}; // whose answer is final: no attempts fill the list of deliveries
			const answer = await fetch("/console/api/calling/callConnections?api-version=2025-06-15", {method: "POST", headers: {"x-console-token": token, "content-type": "application/json"}, body: JSON.stringify(body)});
			if (answer.status !== 201) throw new Error("the call is answered with " + answer.status + " " + await answer.text());`)
	}
	create(`{kind: "phoneNumber", phoneNumber: {value: "` + pageNumber + `"}}`)
	c.shows("+15550100001 is calling")
	c.click("#accept")
	c.shows("Connected")
	c.press("Hold")
	c.shows("LocalHold")
	c.press("Resume")
	c.press("Hang up")
	c.shows("The call is over.")
	c.press("See the call")
	c.shows("+15550100001 → user")
	c.visit("softphone", "Softphone")
	choose("#callas", "")
	c.until(`document.querySelector("#linenumber") === null`)
	c.until(`document.body.innerText.includes("8:acs:")`)
	create(`{kind: "communicationUser", communicationUser: {id: document.querySelector("code.long").innerText}}`)
	c.click("#accept")
	c.shows("Connected")
	c.run(`
		globalThis.sent = []; // names of the tracks of sound
		const replace = RTCRtpSender.prototype.replaceTrack;
		RTCRtpSender.prototype.replaceTrack = function (track) { if (track?.kind !== "video") sent.push(track?.label ?? ""); return replace.call(this, track); };`)
	c.fill("#script", "wait 0.2\npress 1\nspeak welcome\nhang up")
	c.click("#runscript")
	c.shows("The call is over.")
	if sent := c.text(`return sent.join("|")`); !strings.Contains(sent, "|") || strings.HasSuffix(sent, "|") {
		c.t.Errorf("the tracks that were sent are %q: a file, and not the microphone again", sent)
	}
}
