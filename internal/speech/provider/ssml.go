package provider

import (
	"encoding/xml"
	"io"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// plain is what an SSML document says, as text with punctuation where it pauses, for
// services that take no markup. Marks that are not known are passed over, and their
// text is kept.
func plain(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	decoder.Strict = false
	decoder.Entity = xml.HTMLEntity
	var said strings.Builder
	for {
		token, err := decoder.Token()
		if err == io.EOF || err != nil {
			return strings.Join(strings.Fields(said.String()), " ")
		}
		switch token := token.(type) {
		case xml.CharData:
			said.Write(token)
		case xml.StartElement:
			if token.Name.Local == "break" {
				said.WriteString(pause(token))
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "p", "s":
				said.WriteString(". ")
			}
		}
	}
}

// pause is the punctuation of a <break/>.
func pause(e xml.StartElement) string {
	for _, a := range e.Attr {
		if d, err := time.ParseDuration(a.Value); a.Name.Local == "time" && err == nil && d < 500*time.Millisecond {
			return ", "
		}
	}
	return ". "
}

// words is the text of an utterance, without markup.
func words(u speech.Utterance) string {
	if u.SSML != "" {
		return plain(u.SSML)
	}
	return strings.TrimSpace(u.Text)
}

// localeOf is the language of an utterance: as it says, or of its voice's name or of
// its document, else American English.
func localeOf(u speech.Utterance) string {
	if u.Locale != "" {
		return u.Locale
	}
	if lang := langOf(u.SSML); lang != "" {
		return lang
	}
	if parts := strings.SplitN(u.Voice, "-", 3); len(parts) == 3 {
		return parts[0] + "-" + parts[1]
	}
	return "en-US"
}

// langOf is the xml:lang of a document, "" if it says none.
func langOf(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	decoder.Strict = false
	for {
		token, err := decoder.Token()
		if err != nil {
			return ""
		}
		root, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		for _, a := range root.Attr {
			if a.Name.Local == "lang" && a.Value != "" {
				return a.Value
			}
		}
		return ""
	}
}

// female are names of Azure's voices that are women's, for engines that have two
// voices of a language.
var female = map[string]bool{
	"Jenny": true, "Ava": true, "Aria": true, "Emma": true, "Sara": true, "Nancy": true, "Jane": true, "Michelle": true, "Monica": true, "Ana": true,
	"Sonia": true, "Libby": true, "Katja": true, "Amala": true, "Denise": true, "Eloise": true, "Elvira": true, "Elsa": true, "Isabella": true, "Francisca": true, "Nanami": true, "Xiaoxiao": true,
}

// isFemale reports whether an utterance asks for a woman's voice.
func isFemale(u speech.Utterance) bool {
	if u.Gender != "" {
		return strings.EqualFold(u.Gender, "female")
	}
	parts := strings.SplitN(u.Voice, "-", 3)
	name := strings.TrimSuffix(strings.TrimSuffix(parts[len(parts)-1], "Neural"), "Multilingual")
	return female[name]
}
