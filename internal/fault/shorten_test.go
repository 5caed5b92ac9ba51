package fault

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestMessagesQuoteALittle: a request of a megabyte is not told to the sender again, but what is
// wrong and what to do is.
func TestMessagesQuoteALittle(t *testing.T) {
	for _, unit := range []string{"a", "é", "語", "😀", "\x00", "\xff"} {
		for _, length := range []int{longestMessage, longestMessage + 1, 1 << 20} {
			long := strings.Repeat(unit, length)
			told := Invalid("callLocator.kind: %q is not one of groupCallLocator and roomCallLocator.", long).Message
			if len(told) > longestMessage || !strings.HasPrefix(told, "callLocator.kind: \"") || !strings.HasSuffix(told, "and roomCallLocator.") || !utf8.ValidString(told) {
				t.Errorf("%d of %q: %d bytes, %.200s", length, unit, len(told), told)
			}
		}
	}
	if got := Shorten(strings.Repeat("\x80", 1<<20)); len(got) > longestMessage || len(got) < shortenedHead {
		t.Errorf("what is no text has %d bytes", len(got))
	}
	whole := strings.Repeat("a", longestMessage)
	if got := Invalid("%s", whole).Message; got != whole {
		t.Errorf("%d bytes are shortened to %d", len(whole), len(got))
	}
}
