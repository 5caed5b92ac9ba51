package e2e

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// heardSound is what a page heard for a while.
type heardSound struct {
	Concealed float64 // share of the sound that was made up
	Lost      float64 // share of the packets
}

// listens watches what the page hears for a while.
func (x *tab) listens(d time.Duration) (heard heardSound) {
	x.t.Helper()
	must(x.t, json.Unmarshal(x.run(`
		const look = async () => [...(await peers.at(-1).getStats()).values()].find((entry) => entry.type === "inbound-rtp" && entry.kind === "audio");
		const before = await look();
		await new Promise((resolve) => setTimeout(resolve, %s));
		const after = await look(), since = (name) => after[name] - before[name];
		return {
			concealed: (since("concealedSamples") - since("silentConcealedSamples")) / since("totalSamplesReceived"),
			lost: since("packetsLost") / (since("packetsReceived") + since("packetsLost")),
		};`, d.Milliseconds()), &heard))
	return heard
}

// TestCopiesRepairSoundOfLossyPaths: two people talk, one over a path that loses a fifth of
// the packets both ways. Most of what is lost is played from copies (RFC 2198): in the
// page, and at the server, whose record of the call has what was missing after all.
func TestCopiesRepairSoundOfLossyPaths(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	a := startAgent(p, application{})
	b := startBrowsers(t)
	ada, bob := a.createUser(), a.createUser()
	var made room
	a.do("createRoom", values{"participants": []values{{"id": ada, "role": "Presenter"}, {"id": bob, "role": "Presenter"}}}, &made)
	first, second := b.open("ada", firstPitch), b.open("bob", secondPitch)
	bobs := newLine(t, p)
	first.agent(a, ada, "Ada")
	second.behind(bobs, a, bob, "Bob")
	first.joins(values{"roomId": made.ID})
	second.joins(values{"roomId": made.ID})
	second.hears(firstPitch)
	bobs.media.Be(webrtctest.Badness{Loss: 0.2, Delay: 20 * time.Millisecond})
	second.listens(2 * time.Second)
	heard := second.listens(watched())
	t.Logf("%+v", heard)
	if heard.Lost < 0.05 || heard.Concealed > heard.Lost/2 {
		t.Errorf("the page makes up more than half of what is lost: %+v", heard)
	}
	passed, lost := bobs.media.Counts()
	first.run(`await call.hangUp()`)
	second.run(`await call.hangUp()`)
	var record struct {
		Legs []struct {
			Participant string
			Sound       struct{ Loss float64 }
		}
	}
	eventually(t, 10*time.Second, "the call has a record", func() bool {
		return json.Unmarshal([]byte(p.mustRun("calls", "--json")), &record) == nil && len(record.Legs) == 2
	})
	// What comes too late, on a busy machine, is lacking too: the bound leaves room for it.
	for _, leg := range record.Legs {
		if share := float64(lost) / float64(passed+lost); leg.Participant == bob && (leg.Sound.Loss > share*17/20 || share < 0.05) {
			t.Errorf("the server lacks %.1f %% of the packets, of %.1f %% lost", 100*leg.Sound.Loss, 100*share)
		}
	}
	first.noErrors()
	second.noErrors()
}
