package e2e

import (
	"testing"
	"time"
)

func TestEchoNumberSpeaksBack(t *testing.T) {
	t.Parallel()
	const echoNumber = "+15550100099"
	p := start(t, setup{config: "echo-numbers: ['" + echoNumber + "']\n"})
	call, err := newPhone(p).Call(echoNumber)
	must(t, err)
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	call.Tone(440, 4000)
	hears(t, call, 440, 600*time.Millisecond)
	must(t, call.SendTones(within(t, 5*time.Second), "19#"))
	eventually(t, 5*time.Second, "the keys come back", func() bool { return call.HeardTones() == "19#" })
	must(t, call.Hangup(within(t, 5*time.Second)))
}
