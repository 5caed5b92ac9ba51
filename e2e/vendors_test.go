package e2e

import (
	pcm "encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// TestFakesOfSpeechAreWhatVendorsClientsExpect: the fakes against which the providers of
// speech are tested serve the vendors' own clients. Otherwise a fake would only be what
// our client happens to send.
func TestFakesOfSpeechAreWhatVendorsClientsExpect(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sound")
	sound, err := os.Create(file)
	must(t, err)
	must(t, pcm.Write(sound, pcm.LittleEndian, append(speechtest.Say(16000, "alpha", "charlie", "bravo"), make([]int16, 16000)...)))
	must(t, sound.Close())
	for _, vendor := range []string{"azure", "deepgram", "openai"} {
		t.Run(vendor, func(t *testing.T) {
			service := speechtest.Start(t, vendor, speechtest.Fault{})
			if vendor == "openai" { // whose client connects by TLS only
				service = speechtest.StartTLS(t, vendor)
			}
			var failed strings.Builder
			client := exec.CommandContext(within(t, 60*time.Second), "node", "vendors.mjs", vendor, service.URL().String(), file)
			client.Stderr = &failed
			out, err := client.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, &failed)
			}
			var got struct {
				Text       string
				Hypotheses []string
			}
			must(t, json.Unmarshal(out, &got))
			if got.Text != "alpha charlie bravo" || len(got.Hypotheses) == 0 {
				t.Errorf("the client understood %+v", got)
			}
		})
	}
}
