package e2e

import (
	pcm "encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/speech/speechtest"
)

// TestFakesOfSpeechAreWhatVendorsClientsExpect: the fakes against which the providers of
// speech are tested serve the vendors' own clients. Otherwise a fake would only be what
// our client happens to send.
func TestFakesOfSpeechAreWhatVendorsClientsExpect(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sound")
	sound, err := os.Create(file)
	must(t, err)
	must(t, pcm.Write(sound, pcm.LittleEndian, append(speechtest.Say(16000, "alpha", "charlie", "bravo"), make([]int16, 16000)...)))
	must(t, sound.Close())
	for _, test := range []struct{ client, vendor, want string }{
		{"azure", "azure", "alpha charlie bravo"}, {"azureVoice", "azure", "32000 bytes"}, {"deepgram", "deepgram", "alpha charlie bravo"}, {"openai", "openai", "alpha charlie bravo"},
		{"openaiFile", "openai", "alpha charlie bravo"}, {"deepgramFile", "deepgram", "alpha charlie bravo"},
	} {
		t.Run(test.client, func(t *testing.T) {
			service := speechtest.Start(t, test.vendor, speechtest.Fault{})
			if test.client == "openai" { // whose client connects by TLS only
				service = speechtest.StartTLS(t, test.vendor)
			}
			var failed strings.Builder
			client := exec.CommandContext(within(t, 2*patience), "node", "vendors.mjs", test.client, service.URL().String(), file)
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
			if got.Text != test.want || len(got.Hypotheses) == 0 && test.client != "azureVoice" {
				t.Errorf("the client understood %+v", got)
			}
			if strings.HasSuffix(test.client, "File") && got.Hypotheses[0] != "48000 bytes" { // a second at 24 kHz
				t.Errorf("the client heard %v", got.Hypotheses)
			}
		})
	}
}
