package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
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
	// On a busy machine copies come too late as well: one call in which they do not shows it.
	var why error
	for calls := 1; calls <= 6; calls++ {
		if why = copiesRepair(p, first, second, bobs, made.ID, bob, calls); why == nil {
			break
		}
		t.Logf("call %d: %v", calls, why)
	}
	if why != nil {
		t.Error(why)
	}
	first.noErrors()
	second.noErrors()
}

// copiesRepair makes a call in which two people talk over such a path, and says what was not
// repaired. It is the newest of so many calls.
func copiesRepair(p *product, first, second *tab, bobs *line, room, bob string, calls int) error {
	t := first.t
	t.Helper()
	bobs.media.Be(webrtctest.Badness{})
	first.joins(values{"roomId": room})
	second.joins(values{"roomId": room})
	second.hears(firstPitch)
	passedBefore, lostBefore := bobs.media.Counts()
	bobs.media.Be(webrtctest.Badness{Loss: 0.2, Delay: 20 * time.Millisecond})
	second.listens(2 * time.Second)
	heard := second.listens(watched())
	t.Logf("%+v", heard)
	passed, lost := bobs.media.Counts()
	passed, lost = passed-passedBefore, lost-lostBefore
	first.run(`await call.hangUp()`)
	second.run(`await call.hangUp()`)
	var record struct {
		Legs []struct {
			Participant string
			Sound       struct{ Loss float64 }
		}
	}
	eventually(t, patience, "the call has a record", func() bool {
		lines := strings.Split(strings.TrimSpace(p.mustRun("calls", "--json")), "\n")
		return len(lines) == calls && json.Unmarshal([]byte(lines[0]), &record) == nil && len(record.Legs) == 2
	})
	// Without copies it makes up all of what is lost.
	if heard.Lost < 0.05 || heard.Concealed > heard.Lost*3/4 {
		return fmt.Errorf("the page makes up most of what is lost: %+v", heard)
	}
	// What comes too late is lacking too: the bound leaves room for it.
	for _, leg := range record.Legs {
		if share := float64(lost) / float64(passed+lost); leg.Participant == bob && (leg.Sound.Loss > share*17/20 || share < 0.05) {
			return fmt.Errorf("the server lacks %.1f %% of the packets, of %.1f %% lost", 100*leg.Sound.Loss, 100*share)
		}
	}
	return nil
}
