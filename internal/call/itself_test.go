package call_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// TestApplicationIsNoTargetOfItsOwnMedia: nothing could come of it, since who controls the
// call has no phone that could be heard or held.
func TestApplicationIsNoTargetOfItsOwnMedia(t *testing.T) {
	ask := map[string]func(*call.Connection, identifier.ID) error{
		"play": func(c *call.Connection, self identifier.ID) error {
			return c.Play(bg, call.Play{Prompts: hello, To: []identifier.ID{self}})
		},
		"recognize": func(c *call.Connection, self identifier.ID) error {
			return c.Recognize(bg, call.Recognize{Target: self, MaxTones: 1, InitialSilence: time.Second, InterTone: time.Second})
		},
		"recognize speech": func(c *call.Connection, self identifier.ID) error {
			return c.Recognize(bg, call.Recognize{Target: self, Input: call.SpeechInput, InitialSilence: time.Second, EndSilence: time.Second})
		},
		"continuous recognition": func(c *call.Connection, self identifier.ID) error { return c.StartTones(bg, self, call.Context{}) },
		"send tones": func(c *call.Connection, self identifier.ID) error {
			return c.SendTones(bg, call.SendTones{Target: self, Tones: []call.Tone("1")})
		},
		"hold": func(c *call.Connection, self identifier.ID) error { return c.Hold(bg, call.Hold{Who: self}) },
	}
	for name, do := range ask {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				_, conn, id := w.answered()
				p, err := conn.Properties(bg)
				w.must(err)
				if err := do(conn, p.AnsweredBy); !errors.Is(err, call.Itself) {
					t.Errorf("refused with %v", err)
				}
				time.Sleep(5 * time.Second)
				w.expect(id, connected) // and nothing else
				w.must(conn.Terminate(bg))
				synctest.Wait()
			})
		})
	}
}
