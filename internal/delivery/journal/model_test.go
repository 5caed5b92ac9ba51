package journal

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// modelEvent is the message of a model.
type modelEvent struct {
	n    int
	ends []string
	gone bool // from memory
}

func (e *modelEvent) Encode() []byte {
	if e.gone {
		panic("a message is encoded whose content is in the journal alone")
	}
	return fmt.Appendf(NewContent(64), "%d %s %s", e.n, strings.Repeat(fmt.Sprint(e.n), e.n%40), strings.Join(e.ends, ","))
}

func (e *modelEvent) Forget() { e.gone = true }

func (e *modelEvent) Decode(content []byte, _ int) ([]string, error) {
	var filling, ends string
	_, _ = fmt.Sscan(string(content), &e.n, &filling, &ends) // the last two may be empty
	e.gone = false
	e.ends = nil
	if _, list, found := strings.Cut(strings.TrimPrefix(string(content), fmt.Sprint(e.n, " ", strings.Repeat(fmt.Sprint(e.n), e.n%40))), " "); found && list != "" {
		e.ends = strings.Split(list, ",")
	}
	if string((&modelEvent{n: e.n, ends: e.ends}).Encode()) != string(content) {
		return nil, fmt.Errorf("content %q", content)
	}
	return e.ends, nil
}

// act is what was queued, as the model knows it: a message, a hold, or a release.
type act struct {
	message int // its number; 0: none
	ends    []string
	hold    Hold
}

// state is what is open.
type state struct {
	messages []int // in their order
	holds    map[string]string
}

// after is the state when some more has happened.
func (s state) after(acts []act) state {
	s.messages, s.holds = slices.Clone(s.messages), maps.Clone(s.holds)
	for _, a := range acts {
		if a.message > 0 {
			s.messages = append(s.messages, a.message)
		}
		for _, key := range a.ends {
			delete(s.holds, key)
		}
		if a.hold.Key != "" {
			s.holds[a.hold.Key] = string(a.hold.Body)
		}
	}
	return s
}

// TestJournalKeepsItsPromisesOnADiskThatFails: whatever fails, and whenever the process is
// killed or the power is cut, also during a start. What was acknowledged is there, in its
// order; what is over and synced, or was released, does not come back; nothing that is read
// is wrong; and a disk that has no fault any more can always be started from. With
// SWITCHHOOK_SOAK=full it makes a million steps.
func TestJournalKeepsItsPromisesOnADiskThatFails(t *testing.T) {
	const steps = 2500
	seeds := []uint64{0, 1, 2, 3, 4, 5, 6, 59} // the last one finds a hold that comes back, if it does not wait for its own
	if os.Getenv("SWITCHHOOK_SOAK") == "full" {
		for seed := range uint64(1_000_000 / steps) {
			seeds = append(seeds, seed)
		}
	}
	var crashes, cuts, failedStarts, flushes, refusals int
	for n, seed := range seeds {
		w := newWorld(t, seed)
		w.long = n%4 == 1
		func() {
			defer func() {
				if t.Failed() {
					t.Logf("seed %d", seed)
				}
			}()
			for range steps {
				w.step()
			}
		}()
		crashes, cuts, failedStarts = crashes+w.crashes, cuts+w.cuts, failedStarts+w.failedStarts
		flushes, refusals = flushes+w.flushes, refusals+w.refusals
	}
	t.Logf("%d crashes, %d power cuts, %d starts that failed, %d flushes, %d pages that were refused at first", crashes, cuts, failedStarts, flushes, refusals)
	if crashes == 0 || cuts == 0 || failedStarts == 0 || flushes == 0 || refusals == 0 {
		t.Error("nothing happened")
	}
}
