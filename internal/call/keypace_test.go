package call_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// TestKeysThatNobodyCanPressAreLeftOut: a phone that sends thousands of keys makes no more
// callbacks than one whose owner presses them.
func TestKeysThatNobodyCanPressAreLeftOut(t *testing.T) {
	run(t, func(w *world) {
		leg, conn, id := w.answered()
		w.must(conn.StartTones(bg, phone(aPhone), call.Context{}))
		tones := func() int { return strings.Count(w.published.Names(id), "ToneReceived") }
		for range 100 { // eight seconds of twelve and a half a second
			leg.Press("5")
			time.Sleep(80 * ms)
		}
		synctest.Wait()
		if n := tones(); n != 100 {
			t.Errorf("%d of 100 keys were told", n)
		}
		leg.Press(strings.Repeat("1", 5000))
		synctest.Wait()
		if n := tones() - 100; n < 50 || n > 64 {
			t.Errorf("%d of 5000 keys at once were told", n)
		}
		time.Sleep(time.Second)
		before := tones()
		leg.Press("7")
		synctest.Wait()
		if n := tones() - before; n != 1 {
			t.Errorf("a key a second later was told %d times", n)
		}
		leg.HangUp()
		synctest.Wait()
	})
}
