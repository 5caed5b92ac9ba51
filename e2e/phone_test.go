package e2e

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// The numbers of the stage: ours is one that a first start owns.
const (
	ourNumber    = "+15550100001"
	phoneNumber  = "+15550199001"
	farNumber    = "+15550199777" // reached through the trunk
	phoneRate    = 8000           // Hz, what a phone hears
	promptPitch  = 1000.0         // Hz, of the prompts that applications play
	promptLength = 1500 * time.Millisecond
)

// newPhone makes a phone that calls the product.
func newPhone(p *product) *siptest.Phone {
	return newPhoneAs(p, phoneNumber)
}

func newPhoneAs(p *product, number string) *siptest.Phone {
	p.t.Helper()
	phone, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: number})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(phone.Close)
	return phone
}

// newFarPhone makes a phone that is called through a trunk; the product has to
// be started with its port.
func newFarPhone(t testing.TB) (phone *siptest.Phone, port int) {
	t.Helper()
	phone, err := siptest.New(siptest.Config{User: farNumber})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(phone.Close)
	return phone, phone.Addr().(*net.UDPAddr).Port
}

// dial has a phone call our number.
func dial(t testing.TB, phone *siptest.Phone) *siptest.Call {
	t.Helper()
	call, err := phone.Call(ourNumber)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// must ends the test on an error of the script.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// saveTone writes a WAV file that the application serves, and returns its URL:
// 16 kHz, as Azure's documentation asks for.
func (a *agent) saveTone(name string, length time.Duration) string {
	a.t.Helper()
	const rate = 16000
	samples := audiotest.Tone(rate, length, -9, promptPitch)
	file, err := os.Create(filepath.Join(a.sounds, name))
	must(a.t, err)
	must(a.t, errors.Join(audio.WriteWAV(file, rate, samples), file.Close()))
	return a.url + "/wav/" + name
}

// untilHeard has somebody speak, and speak again where it was heard with gaps, as on a
// busy machine.
func untilHeard(t testing.TB, what string, speak func(), heard func() bool) {
	t.Helper()
	const again = 4 * time.Second
	var spoken time.Time
	eventually(t, max(5*again, patience), what, func() bool {
		if heard() {
			return true
		}
		if time.Since(spoken) > again {
			speak()
			spoken = time.Now()
		}
		return false
	})
}

// hears waits until the phone has heard a tone for so long in all: a busy machine may leave gaps in it.
func hears(t testing.TB, call *siptest.Call, pitch float64, atLeast time.Duration) {
	t.Helper()
	ctx := within(t, atLeast+10*time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for audiotest.ToneTime(call.Heard(), phoneRate, pitch) < atLeast {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("the phone did not hear %v of %v Hz; it heard %s", atLeast, pitch, audiotest.Describe(call.Heard(), phoneRate))
		}
	}
}
