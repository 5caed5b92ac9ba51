package sip

import "testing"

// TestTagsCannotBeGuessed asks that tags differ by request and by server.
func TestTagsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	a, b := newDialogTags(), newDialogTags()
	if first, again := a.callee("id", "tag", 1), a.callee("id", "tag", 1); first != again {
		t.Error("one request has two tags")
	}
	seen := map[string]bool{}
	for _, tag := range []string{a.callee("id", "tag", 1), a.callee("id", "tag", 2), a.callee("idt", "ag", 1), a.caller("id"), b.caller("id"), b.callee("id", "tag", 1)} {
		if seen[tag] || len(tag) < 16 {
			t.Errorf("tag %q is short or repeated", tag)
		}
		seen[tag] = true
	}
}
