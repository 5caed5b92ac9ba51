package streaming

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/switchhook/switchhook/internal/speech"
)

// TestTranscriptionsFitIntoSmallBuffers: whatever is said, no message is larger than what
// samples read, no word is missing, and times stay in order.
func TestTranscriptionsFitIntoSmallBuffers(t *testing.T) {
	words := func(n int) (list []speech.Word) {
		for i := range n {
			list = append(list, speech.Word{Text: fmt.Sprint("word", i), Offset: time.Second + time.Duration(i)*300*time.Millisecond, Duration: 200 * time.Millisecond})
		}
		return list
	}
	text := func(n int) string {
		var all []string
		for _, w := range words(n) {
			all = append(all, w.Text+",")
		}
		return strings.Join(all, " ")
	}
	who := "8:acs:" + strings.Repeat("0", 74)
	for name, r := range map[string]speech.Result{
		"a sentence":                {Text: text(10), Words: words(10)},
		"half a minute":             {Text: text(100), Words: words(100)},
		"numbers written as digits": {Text: "It is 1234567890123.", Words: words(100)},
		"one word of text":          {Text: "1234567890123", Words: words(100)},
		"next to no text":           {Text: "1", Words: words(100)},
		"words without times":       {Text: text(900)},
		"one endless word":          {Text: strings.Repeat("é", 9000)},
		"a text with quotes":        {Text: strings.Repeat(`"quoted" `, 900)},
	} {
		r.Final, r.Offset, r.Duration = true, time.Second, 30*time.Second
		messages := transcriptions(who, r)
		var said string
		var told []any
		last := int64(0)
		for _, m := range messages {
			var got struct {
				TranscriptionData struct {
					Text             string
					Offset, Duration int64
					Words            []any
					ParticipantRawID string
				}
			}
			d := &got.TranscriptionData
			if err := json.Unmarshal(m, &got); err != nil || len(m) > 4000 || !utf8.Valid(m) || d.ParticipantRawID != who {
				t.Errorf("%s: %d bytes, %v: %.200s", name, len(m), err, m)
			}
			if d.Offset < last || d.Duration < 0 || d.Offset+d.Duration > int64(31*time.Second/tick) {
				t.Errorf("%s: from %d for %d, after %d", name, d.Offset, d.Duration, last)
			}
			last, said, told = d.Offset+d.Duration, said+d.Text, append(told, d.Words...)
		}
		if bare := strings.NewReplacer(" ", ""); bare.Replace(said) != bare.Replace(r.Text) || len(told) != len(r.Words) {
			t.Errorf("%s: %d messages have %d bytes of text of %d, and %d words of %d", name, len(messages), len(said), len(r.Text), len(told), len(r.Words))
		}
		if one := name == "a sentence"; one != (len(messages) == 1) {
			t.Errorf("%s: %d messages", name, len(messages))
		}
	}
	if hypothesis := transcriptions(who, speech.Result{Text: text(900)}); hypothesis != nil {
		t.Errorf("a hypothesis is told in %d messages", len(hypothesis))
	}
}
