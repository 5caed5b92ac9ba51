package e2e

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// example is one of the folders in examples, run as its README says.
type example struct {
	*terminal
	t *testing.T
}

// runExample starts an example, by its one command, beside a product.
func runExample(p *product, t *testing.T, name string) *example {
	t.Helper()
	needsEspeak(t)
	dir := filepath.Join("..", "examples", name)
	e := &example{&terminal{exited: make(chan struct{})}, t}
	e.command = exec.Command("npm", "start")
	e.command.Dir = dir
	e.command.Env = append(e.command.Environ(), "PORT=0", "SWITCHHOOK="+binary, "SWITCHHOOK_DATA="+p.data)
	e.command.Stdout, e.command.Stderr = &e.text, &e.text
	e.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // npm has a child
	must(t, e.command.Start())
	go func() { e.err = e.command.Wait(); close(e.exited) }()
	t.Cleanup(func() {
		e.close()
		if t.Failed() {
			t.Logf("the example wrote:\n%s", &e.text)
		}
	})
	e.until(t, 2*time.Minute, "the example is ready", func() bool { return strings.Contains(e.text.String(), "ready on ") })
	return e
}

// line waits for a line that the example prints, and returns what its group matches.
func (e *example) line(pattern string) string {
	e.t.Helper()
	want := regexp.MustCompile("(?m)" + pattern)
	var found []string
	e.until(e.t, 30*time.Second, "the example prints "+pattern, func() bool {
		found = want.FindStringSubmatch(e.text.String())
		return found != nil
	})
	return found[len(found)-1]
}

// alike is how well a voice comes through a telephone, in dB: it loses what lies above
// 3.4 kHz. Another sentence is below 0.
const alike = 5.0

// hearsSpoken waits until a phone has heard a text as espeak-ng speaks it.
func hearsSpoken(t testing.TB, call *siptest.Call, after int, text string) {
	t.Helper()
	hearsText(t, call.Heard, after, text)
}

// hearsText is hearsSpoken for whoever hears something at the rate of phones.
func hearsText(t testing.TB, heardBy func() []int16, after int, text string) {
	t.Helper()
	said := spokenAs(t, text, "-v", "en-us")
	said = said[:len(said)*9/10] // its end may still be on its way
	best := 0.0
	eventually(t, time.Duration(len(said))*time.Second/phoneRate+20*time.Second, "somebody hears "+text, func() bool {
		heard := heardBy()[after:]
		if len(heard) < len(said) {
			time.Sleep(100 * time.Millisecond)
			return false
		}
		_, best = audiotest.Likeness(heard, said)
		if best > alike {
			return true
		}
		time.Sleep(500 * time.Millisecond) // comparing takes a while
		return false
	})
	t.Logf("%q: %.1f dB", text, best)
}

// TestVoiceAgentListensAnswersAndIsInterrupted plays examples/voicebot.
func TestVoiceAgentListensAnswersAndIsInterrupted(t *testing.T) {
	t.Parallel()
	p := start(t, setup{})
	bot := runExample(p, t, "voicebot")
	call, err := newPhone(p).Call(ourNumber)
	must(t, err)
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	hearsSpoken(t, call, 0, bot.line("^bot: (Hello.*)$"))
	eventually(t, 10*time.Second, "the greeting is over", func() bool { return quiet(call) })

	before := len(call.Heard())
	call.SendSound(spokenBy(t, "good morning, who are you?"))
	answer := bot.line("^bot: (This is answer 1.*)$")
	if seconds := regexp.MustCompile(`for (\d\.\d) seconds`).FindStringSubmatch(answer); seconds == nil || seconds[1] < "0.8" || seconds[1] > "3.0" {
		t.Errorf("the agent heard %v", seconds)
	}
	first, _, _ := strings.Cut(answer, " I could")
	hearsSpoken(t, call, before, first)

	call.SendSound(spokenBy(t, "stop, that is enough now"))
	eventually(t, 10*time.Second, "the agent stops", func() bool { return quiet(call) })
	before = len(call.Heard())
	answer = bot.line("^bot: (This is answer 2.*)$")
	first, _, _ = strings.Cut(answer, " I could")
	hearsSpoken(t, call, before, first)
	must(t, call.Hangup(within(t, 5*time.Second)))
	bot.line("^(CallDisconnected)")
}

// TestPhoneMenuUnderstandsKeysAndSpeech plays examples/ivr.
func TestPhoneMenuUnderstandsKeysAndSpeech(t *testing.T) {
	t.Parallel()
	needsEspeak(t)
	server := newUnderstander(t, "Technical support, please.", "My printer is on fire.")
	p := start(t, setup{config: "speech:\n  providers:\n    - {name: local, kind: espeak-ng}\n    - {name: whisper, kind: openai, url: '" + server.URL + "/v1'}\n  text-to-speech: [local]\n"})
	menu := runExample(p, t, "ivr")
	phone := newPhone(p)

	call, err := phone.Call(ourNumber)
	must(t, err)
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	hearsSpoken(t, call, 0, "Welcome to Contoso. For sales, press one,")
	call.SendSound(spokenBy(t, "technical support please"))
	hearsSpoken(t, call, 0, menu.line("^says: (You have chosen support.)$"))
	hearsSpoken(t, call, 0, "Please say what it is about,")
	call.SendSound(spokenBy(t, "my printer is on fire"))
	hearsSpoken(t, call, 0, menu.line("^says: (You said: My printer is on fire. Thank you. Goodbye.)$"))
	must(t, call.WaitEnded(within(t, 10*time.Second)))

	call, err = phone.Call(ourNumber)
	must(t, err)
	must(t, call.WaitAnswered(within(t, 10*time.Second)))
	hearsSpoken(t, call, 0, "Welcome to Contoso.")
	must(t, call.SendTones(within(t, 5*time.Second), "1"))
	hearsSpoken(t, call, 0, menu.line("^says: (You have chosen sales.)$"))
	hearsSpoken(t, call, 0, "Please say what it is about,")
	must(t, call.SendTones(within(t, 5*time.Second), "42#"))
	menu.line("^says: (You have entered four two. Thank you. Goodbye.)$")
	must(t, call.WaitEnded(within(t, 20*time.Second)))
}
