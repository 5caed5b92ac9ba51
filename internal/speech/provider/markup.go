package provider

import (
	"encoding/xml"
	"slices"
	"strings"
	"unicode"
)

// harmless is a text without what programs read out of it beside words: espeak-ng takes
// what follows [[ for phonemes, and crashes where they are many, and has orders that begin
// with control characters.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '[':
			return '('
		case r == ']':
			return ')'
		}
		return r
	}, text)
}

// markup are the elements of SSML that a program is given, with their attributes. With
// others it would open files that the document names (audio, lexicon), and have other
// programs convert them. What they contain is spoken.
var markup = map[string][]string{
	"speak": {"lang"}, "p": {"lang"}, "s": {"lang"}, "lang": {"lang"},
	"voice": {"lang", "gender", "age", "variant"}, "break": {"time", "strength"}, "emphasis": {"level"},
	"prosody": {"rate", "pitch", "volume", "range", "contour"}, "say-as": {"interpret-as", "format", "detail"},
}

// maxAttribute bounds the value of an attribute, in bytes.
const maxAttribute = 64

// element is one that is not closed yet.
type element struct {
	name   string // "": it is left out
	silent bool   // so is what it contains
}

// forProgram is a document of SSML, written anew of what is in markup.
func forProgram(document string) string {
	decoder := xml.NewDecoder(strings.NewReader(document))
	decoder.Strict = false
	decoder.Entity = xml.HTMLEntity
	var out strings.Builder
	open := []element{{}}
	for {
		token, err := decoder.RawToken()
		in := open[len(open)-1]
		switch token := token.(type) {
		case xml.CharData:
			if !in.silent {
				write(&out, string(token))
			}
		case xml.StartElement:
			if in.silent {
				open = append(open, in)
				continue
			}
			open = append(open, begin(&out, token))
		case xml.EndElement:
			if len(open) > 1 {
				open = open[:len(open)-1]
				end(&out, in.name)
			}
		}
		if err != nil {
			for ; len(open) > 1; open = open[:len(open)-1] {
				end(&out, open[len(open)-1].name)
			}
			return out.String()
		}
	}
}

// begin writes a start tag. The alias of sub is spoken in place of what it contains.
func begin(out *strings.Builder, e xml.StartElement) element {
	known, ok := markup[e.Name.Local]
	switch {
	case e.Name.Space != "":
		return element{}
	case e.Name.Local == "sub":
		at := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == "alias" })
		if at >= 0 {
			write(out, e.Attr[at].Value)
		}
		return element{silent: at >= 0}
	case !ok:
		return element{}
	}
	out.WriteString("<" + e.Name.Local)
	for _, a := range e.Attr {
		if !slices.Contains(known, a.Name.Local) || !isPlain(a.Value) {
			continue
		}
		name := a.Name.Local
		if a.Name.Space == "xml" {
			name = "xml:" + name
		}
		out.WriteString(" " + name + `="` + a.Value + `"`)
	}
	out.WriteString(">")
	return element{name: e.Name.Local}
}

func end(out *strings.Builder, name string) {
	if name != "" {
		out.WriteString("</" + name + ">")
	}
}

// write writes text.
func write(out *strings.Builder, text string) {
	_, _ = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").WriteString(out, harmless(text)) // to memory
}

// isPlain reports whether a value has what names, numbers and units are made of, and no
// path.
func isPlain(value string) bool {
	for _, r := range value {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-+_.%:,() ", r) {
			return false
		}
	}
	return len(value) <= maxAttribute && !strings.Contains(value, "..")
}
