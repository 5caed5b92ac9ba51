package provider

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/speech"
)

// TestProgramsGetWordsAlone: what programs are given has no orders to them, and no names
// of files.
func TestProgramsGetWordsAlone(t *testing.T) {
	for document, want := range map[string]string{
		`<speak version="1.0" xml:lang="fr-FR">Oui</speak>`:                                `<speak xml:lang="fr-FR">Oui</speak>`,
		`<speak>a<audio src="/etc/passwd">b</audio>c</speak>`:                              `<speak>abc</speak>`,
		`<speak>a<ssml:audio src="/etc/passwd"/>c</speak>`:                                 `<speak>ac</speak>`,
		`<speak xml:base="/etc/"><lexicon uri="passwd"/>a</speak>`:                         `<speak>a</speak>`,
		`<speak><voice name="../../x" gender="female" xml:lang="../x">a</voice></speak>`:   `<speak><voice gender="female">a</voice></speak>`,
		`<speak><prosody rate="-20%" pitch="+2st"><break time="1.5s"/>a</prosody></speak>`: `<speak><prosody rate="-20%" pitch="+2st"><break time="1.5s"></break>a</prosody></speak>`,
		`<speak><break time="` + strings.Repeat("9", maxAttribute+1) + `"/></speak>`:       `<speak><break></break></speak>`,
		`<speak>1 &lt; 2 &amp; [[h&#91;<x/>[e</speak>`:                                     `<speak>1 &lt; 2 &amp; ((h((e</speak>`,
		`<speak><sub alias="World &lt;[["><p>W</p></sub> c</speak>`:                        `<speak>World &lt;(( c</speak>`,
		`<speak><![CDATA[<audio src="x"/>]]></speak>`:                                      `<speak>&lt;audio src="x"/&gt;</speak>`,
		`<speak><mstts:express-as style="sad">Oh</mstts:express-as>`:                       `<speak>Oh</speak>`,
		`<speak><p>unfinished`: `<speak><p>unfinished</p></speak>`,
		`</p></p>a`:            `a`,
		``:                     ``,
	} {
		if got := forProgram(document); got != want {
			t.Errorf("%s\n is %s\nwant %s", document, got, want)
		}
	}
	if got, want := harmless("a\x01b\x7f\u009b[[c]]\n"), "a b  ((c)) "; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProgramsReadNoFiles: espeak-ng would play a file of ours that a document names.
func TestProgramsReadNoFiles(t *testing.T) {
	if !Installed("espeak-ng") {
		t.Skip("espeak-ng is not installed")
	}
	var tone bytes.Buffer
	if err := audio.WriteWAV(&tone, 22050, audiotest.Tone(22050, 20*time.Second, -12, 440)); err != nil { // espeak-ng's rate
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "secret.wav")
	if err := os.WriteFile(file, tone.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, document := range []string{
		`<speak>one <audio src="%s"/> two</speak>`, `<speak>one <audio src="%s">three</audio> two</speak>`,
		`<speak xml:base="/"><audio src="%s"/> two</speak>`, `<speak><voice><audio src='%s'/></voice> two</speak>`,
	} {
		if seconds := spokenFor(t, speech.Utterance{SSML: fmt.Sprintf(document, file)}); seconds == 0 || seconds > 10 {
			t.Errorf("%s: %.1f seconds, want a few", document, seconds)
		}
	}
}

// TestTextsCrashNoProgram: espeak-ng writes beyond its memory where phonemes are many.
func TestTextsCrashNoProgram(t *testing.T) {
	if !Installed("espeak-ng") {
		t.Skip("espeak-ng is not installed")
	}
	phonemes := "one [[" + strings.Repeat("x", 1000) + "]] two"
	for _, u := range []speech.Utterance{
		{Text: phonemes}, {SSML: "<speak>" + phonemes + "</speak>"},
		{SSML: "<speak>" + strings.Replace(phonemes, "[[", "[<x/>[", 1) + "</speak>"},
		{Text: "one \x0199999S two"},
	} {
		if seconds := spokenFor(t, u); seconds == 0 {
			t.Errorf("%.60q: nothing is spoken", u.Text+u.SSML)
		}
	}
}

// spokenFor is how long something takes to be spoken, in seconds; 0 where it fails.
func spokenFor(t *testing.T, u speech.Utterance) float64 {
	t.Helper()
	sound, err := NewEspeak("local").Speak(t.Context(), u)
	if err != nil {
		t.Error(err)
		return 0
	}
	defer sound.Close()
	pcm, err := io.ReadAll(sound)
	if err != nil {
		t.Error(err)
		return 0
	}
	return float64(len(pcm)) / 2 / float64(sound.Rate)
}

// FuzzForProgram: whatever a document says, a program gets elements of markup and words.
func FuzzForProgram(f *testing.F) {
	for _, seed := range []string{
		`<speak xml:lang="de"><voice name="x" gender="male">a</voice><audio src="/x">[[b]]</audio></speak>`, `<sub alias="[["><p>x</sub>`, `<a:speak x='"'>&amp;&#91;`, "<p\x01>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		decoder := xml.NewDecoder(strings.NewReader("<all>" + forProgram(document) + "</all>"))
		for {
			token, err := decoder.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("%q becomes %q: %v", document, forProgram(document), err)
			}
			switch token := token.(type) {
			case xml.StartElement:
				known, ok := markup[token.Name.Local]
				if !ok && token.Name.Local != "all" {
					t.Fatalf("%q has element %s", document, token.Name.Local)
				}
				for _, a := range token.Attr {
					if !slices.Contains(known, a.Name.Local) || strings.ContainsAny(a.Value, "/\\") {
						t.Fatalf("%q has attribute %s=%q", document, a.Name.Local, a.Value)
					}
				}
			case xml.CharData:
				if strings.ContainsAny(string(token), "[\x01\x00") {
					t.Fatalf("%q says %q", document, token)
				}
			case xml.EndElement:
			default:
				t.Fatalf("%q has %T", document, token)
			}
		}
	})
}
