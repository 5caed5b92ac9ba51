package callautomation

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestCompatibilityPageIsTrue compares the page's table of operations with what
// is registered.
func TestCompatibilityPageIsTrue(t *testing.T) {
	text, err := os.ReadFile("../../docs/compatibility.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## Call Automation")
	section, _, _ = strings.Cut(section, "### Rules")
	said := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+) \| ([^|]+) \|`).FindAllStringSubmatch(section, -1) {
		said[row[1]] = row[2]
	}
	delete(said, "operation")
	if len(said) != 34 {
		t.Errorf("34 operations are offered, the page has %d: %v", len(said), said)
	}
	for name, state := range said {
		if state == "absent" {
			t.Errorf("%s is offered, and the page says absent", name)
		}
	}
}
