package provider

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/speech"
)

// needsPocketsphinx skips a test where pocketsphinx 5 is not installed.
func needsPocketsphinx(t *testing.T) {
	t.Helper()
	if err := exec.Command("python3", "-c", "import pocketsphinx; pocketsphinx.Decoder; pocketsphinx.get_model_path()").Run(); err != nil {
		t.Skip("python3 has no pocketsphinx 5 (pip install pocketsphinx)")
	}
}

// spoken is a text in a voice of espeak-ng at 16 kHz, as a wideband phone has it or as
// an 8 kHz µ-law call does, with pauses around it.
func spoken(t *testing.T, voice, text string, narrow bool) []byte {
	t.Helper()
	program := exec.Command("espeak-ng", "--stdin", "--stdout", "-b", "1", "-v", voice, "-s", "150")
	program.Stdin = strings.NewReader(text)
	wav, err := program.Output()
	if err != nil {
		t.Fatal(err)
	}
	samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), time.Minute)
	if err == nil {
		samples, err = audio.Resample(samples, rate, 16000)
	}
	if narrow && err == nil {
		if samples, err = audio.Resample(samples, 16000, 8000); err != nil {
			t.Fatal(err)
		}
		payload := make([]byte, len(samples))
		codec.PCMU.NewEncoder().Encode(payload, samples)
		codec.PCMU.NewDecoder().Decode(samples, payload)
		samples, err = audio.Resample(samples, 8000, 16000)
	}
	var file bytes.Buffer
	if err == nil {
		err = audio.WriteWAV(&file, 16000, slices.Concat(make([]int16, 8000), samples, make([]int16, 8000)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// TestChoicesAreToldApartLocally: by voices of men and women, in a narrow and a wide
// band; and what is no choice is refused, although a grammar has nothing else.
func TestChoicesAreToldApartLocally(t *testing.T) {
	needsPocketsphinx(t)
	if !Installed("espeak-ng") {
		t.Skip("espeak-ng is not installed")
	}
	p := NewPocketsphinx("local", "")
	menu := speech.Listening{Languages: []string{"en-US"}, Phrases: []string{"Sales", "Technical support", "Speak to an agent.", "Billing", "Yes", "Überweisung"}, Closed: true, Rate: 16000}
	for _, narrow := range []bool{false, true} {
		said, right, other, taken := 0, 0, 0, 0
		for _, voice := range []string{"en-us", "en-us+f3", "en-us+m3"} {
			for _, phrase := range []string{"sales", "technical support", "speak to an agent", "billing", "yes"} {
				said++
				got, err := p.Understand(t.Context(), spoken(t, voice, phrase, narrow), menu)
				if err != nil {
					t.Fatal(err)
				}
				if got.Text == phrase {
					right++
				}
				if got.Text != "" && (got.Confidence != nil || len(got.Words) != len(strings.Fields(phrase)) && got.Text == phrase || got.Offset < 300*time.Millisecond || got.Offset > 900*time.Millisecond) {
					t.Errorf("%q is %+v", phrase, got)
				}
			}
			for _, nothing := range []string{"maybe later", "what time is it", "I would like to order a pizza", "hello is anybody there"} {
				other++
				if got, _ := p.Understand(t.Context(), spoken(t, voice, nothing, narrow), menu); got.Text != "" {
					taken++
				}
			}
		}
		t.Logf("narrow: %v, %d of %d are right, %d of %d others are taken for a choice", narrow, right, said, taken, other)
		if least := map[bool]int{false: 11, true: 8}[narrow]; right < least || taken > 1 {
			t.Errorf("narrow: %v, %d of %d are right, %d of %d others are taken for a choice", narrow, right, said, taken, other)
		}
	}
	p.child.end()
	if got, err := p.Understand(t.Context(), spoken(t, "en-us", "sales", false), menu); err == nil || p.child != nil {
		t.Errorf("a program that has ended understood %+v, %v", got, err)
	}
	if got, err := p.Understand(t.Context(), spoken(t, "en-us", "sales", false), menu); got.Text != "sales" {
		t.Errorf("started anew, it understood %+v, %v", got, err)
	}
	menu.Phrases = []string{"Überweisung", "42"}
	var failure *speech.Error
	if _, err := p.Understand(t.Context(), spoken(t, "en-us", "sales", false), menu); !errors.As(err, &failure) || failure.Status != 400 {
		t.Errorf("without a phrase that it knows: %v", err)
	}
	p.child.end()
}

// TestLocalChoicesThatCannotBeHad: the error says why, and the next provider is asked.
func TestLocalChoicesThatCannotBeHad(t *testing.T) {
	var wav bytes.Buffer
	if err := audio.WriteWAV(&wav, 16000, make([]int16, 16000)); err != nil {
		t.Fatal(err)
	}
	choices := speech.Listening{Phrases: []string{"yes"}, Closed: true, Rate: 16000}
	free, german := speech.Listening{Rate: 16000}, choices
	german.Languages = []string{"de-DE"}
	for _, test := range []struct {
		python string
		l      speech.Listening
		kind   speech.ErrorKind
		says   string
	}{
		{"/no/such/python", choices, speech.Unreachable, "cannot be started"},
		{"false", choices, speech.Broken, "has failed"},
		{"echo", choices, speech.Broken, "has failed"},
		{"false", free, speech.Rejected, "choices only"},
		{"false", german, speech.Rejected, "English only"},
	} {
		_, err := NewPocketsphinx("local", test.python).Understand(context.Background(), wav.Bytes(), test.l)
		var failure *speech.Error
		if !errors.As(err, &failure) || failure.Kind != test.kind || !strings.Contains(fmt.Sprint(err), test.says) {
			t.Errorf("%s: %v", test.python, err)
		}
	}
}
