package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// notOnThePage are exports that the page leaves out: types of Teams, and those that others
// are made of.
var notOnThePage = regexp.MustCompile(`^(Teams|BreakoutRoom|TogetherMode|PPTLive|Conference)|Common$|Factory$|^(Call|CallClient|CallAgent|Stream|InertCall)?Feature$|^CallPropertyEvent$`)

// ofFeatures are members that every feature has.
var ofFeatures = regexp.MustCompile(`Feature\.(name|dispose)$`)

// memberState is what the page may say of a member.
var memberState = regexp.MustCompile(`^(works|differs: .|inert|absent)`)

// TestEveryMemberHasARow: the page of compatibility has every member and every event of
// every type that the package for pages exports, once, and none that there is not.
func TestEveryMemberHasARow(t *testing.T) {
	t.Parallel()
	needCalling(t)
	listed, exported := membersOnThePage(t), exportedMembers(t)
	for name := range exported {
		if listed[name] == 0 {
			t.Errorf("docs/compatibility.md has no row with %s", name)
		}
	}
	for name, times := range listed {
		if !exported[name] {
			t.Errorf("docs/compatibility.md names %s, which the package does not have", name)
		}
		if times > 1 {
			t.Errorf("docs/compatibility.md has %d rows with %s", times, name)
		}
	}
	if len(listed) < 500 {
		t.Errorf("the page names %d members: is this looking at the right table?", len(listed))
	}
}

// exportedMembers are those of the package: "Call.id", and "Call on idChanged" for events.
func exportedMembers(t *testing.T) map[string]bool {
	t.Helper()
	printed, err := exec.Command("node", callingDir+"/test/members.mjs").Output()
	must(t, err)
	var types map[string]struct{ Members, Events []string }
	must(t, json.Unmarshal(printed, &types))
	exported := make(map[string]bool)
	for name, one := range types {
		if notOnThePage.MatchString(name) {
			continue
		}
		for _, member := range one.Members {
			if !ofFeatures.MatchString(name + "." + member) {
				exported[name+"."+member] = true
			}
		}
		for _, event := range one.Events {
			exported[name+" on "+event] = true
		}
	}
	return exported
}

// membersOnThePage counts the rows of each member of the page's table.
func membersOnThePage(t *testing.T) map[string]int {
	t.Helper()
	page, err := os.ReadFile("../docs/compatibility.md")
	must(t, err)
	_, section, _ := strings.Cut(string(page), "\n### Every member of the package\n")
	section, _, _ = strings.Cut(section, "\n## ")
	listed := make(map[string]int)
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		name, isRow := strings.CutPrefix(cells[0], "| ")
		if !isRow || name == "type" {
			continue
		}
		if len(cells) != 5 || !memberState.MatchString(cells[3]) {
			t.Errorf("a row of the page is not type, members, events, state and tests: %s", line)
			continue
		}
		for i, separator := range []string{".", " on "} {
			for _, member := range strings.Split(cells[i+1], ", ") {
				if member = strings.TrimSpace(member); member != "" {
					listed[name+separator+member]++
				}
			}
		}
	}
	return listed
}
