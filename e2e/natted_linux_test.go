package e2e

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// namespaces tells the test, which starts itself again on the product's host,
// where the others are.
const namespaces = "SWITCHHOOK_E2E_NAMESPACES"

// TestPhoneBehindNAT: a phone on another host, whose address the product never
// sees, over a line that loses 5 % of the sound and delivers it up to 30 ms late.
func TestPhoneBehindNAT(t *testing.T) {
	t.Parallel()
	if names := strings.Fields(os.Getenv(namespaces)); len(names) == 3 {
		callThroughNAT(t, network{names[0], names[1], names[2]})
		return
	}
	n := newNetwork(t)
	self, err := os.Executable()
	must(t, err)
	command := exec.CommandContext(within(t, 6*time.Minute), "ip", "netns", "exec", n.product, self, "-test.run=^TestPhoneBehindNAT$", "-test.v")
	command.Env = append(os.Environ(), "SWITCHHOOK_BINARY="+binary, namespaces+"="+strings.Join([]string{n.phone, n.router, n.product}, " "))
	if out, err := command.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestPhoneBehindNAT") {
		t.Errorf("on the product's host: %v\n%s", err, out)
	}
}

// callThroughNAT runs on the product's host.
func callThroughNAT(t *testing.T, n network) {
	const echoNumber, pitch = "+15550100099", 440.0
	p := start(t, setup{sip: productHost + ":0", config: fmt.Sprintf(`echo-numbers: ['%s']
trunks:
  - {name: nat, host: %s, port: 9, sources: [%s/32]}
`, echoNumber, natHost, natHost)})
	_, text, _ := net.SplitHostPort(p.addresses.SIP)
	door, err := strconv.Atoi(text)
	must(t, err)
	n.startNAT(t, door, 0.05, 30*time.Millisecond)
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")

	var phone *siptest.Phone
	var call, echo *siptest.Call
	n.in(t, n.phone, func() (err error) {
		if phone, err = siptest.New(siptest.Config{Listen: phoneHost + ":0", Server: p.addresses.SIP, User: phoneNumber}); err != nil {
			return err
		}
		if echo, err = phone.Call(echoNumber); err != nil {
			return err
		}
		call, err = phone.Call(ourNumber)
		return err
	})
	t.Cleanup(phone.Close)
	must(t, echo.WaitAnswered(within(t, 10*time.Second)))
	echo.Tone(pitch, 6000)
	if via := echo.Final().Get("Via"); !strings.Contains(via, "received="+natHost) || !strings.Contains(via, "rport=5") {
		t.Errorf("the answer came to %s", via)
	}

	c := a.answer(a.incomingCall(caller))
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	c.got("CallConnected")
	c.do("playToAll", values{"urls": []string{a.saveTone("natted.wav", 4*time.Second)}, "operationContext": "prompt"}, nil)
	must(t, call.Hold(within(t, 10*time.Second)))
	must(t, call.Unhold(within(t, 10*time.Second)))
	eventually(t, 20*time.Second, "the phone hears the prompt", func() bool { return call.HeardFor(promptPitch) >= 2 })
	c.do("hangUp", values{"forEveryone": true}, nil) // the BYE goes to the NAT, not to the phone's Contact
	must(t, call.WaitEnded(within(t, 10*time.Second)))
	c.ended()

	eventually(t, 20*time.Second, "the phone hears itself", func() bool { return echo.HeardFor(pitch) >= 3 })
	must(t, echo.Hangup(within(t, 10*time.Second)))
	sound := p.lastCall().Legs[0].Sound
	if sound == nil || sound.Loss < 0.005 || sound.Loss > 0.15 || sound.MaxJitterMS < 2 || sound.ConcealedMS == 0 {
		t.Fatalf("the record of the call says %+v", sound)
	}
	if told := p.mustRun("calls"); !strings.Contains(told, fmt.Sprintf("loss %.1f %%", 100*sound.Loss)) {
		t.Errorf("switchhook calls says\n%s", told)
	}
	if ratio := p.metric(`switchhook_leg_loss_ratio_sum{trunk="nat"}`); ratio < sound.Loss {
		t.Errorf("the metric of loss is %v", ratio)
	}
}
