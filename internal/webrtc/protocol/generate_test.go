package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/golden"
)

// The files that are generated from schema.json, the last one in part.
const (
	goFile         = "messages.go"
	typeScriptFile = "../../../web/calling/src/protocol.ts"
	page           = "../../../docs/browser-protocol.md"
	tablesBegin    = "<!-- messages: generated from internal/webrtc/protocol/schema.json by go test ./internal/webrtc/protocol -update -->\n"
	tablesEnd      = "<!-- end of messages -->\n"
)

// TestGeneratedFilesAreThoseOfTheSchema asks that Go, TypeScript and the page say what
// schema.json says.
func TestGeneratedFilesAreThoseOfTheSchema(t *testing.T) {
	s := readSchema(t)
	code, err := format.Source([]byte(s.goCode()))
	if err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, goFile, code)
	golden.Compare(t, typeScriptFile, []byte(s.typeScript()))
	golden.CompareSection(t, page, tablesBegin, tablesEnd, s.tables())
}

// schema is schema.json.
type schema struct {
	Version    int
	Enums      []enum
	Types      []object
	Client     []object
	Server     []object
	CloseCodes []struct {
		Name string
		Code int
		Doc  string
	}
}

type enum struct {
	Name, Doc string
	Values    []struct{ Value, Doc string }
}

type object struct {
	T, Name, Doc string
	Answer       string // the type of the answer, where it is not ok
	Answers      bool   // a message of the server that has re and no seq
	Notice       bool   // a message of the client that has no answer
	Fields       []field
}

type field struct {
	Name, Type, Doc string
	Optional        bool
}

func readSchema(t *testing.T) (s schema) {
	t.Helper()
	text, err := os.ReadFile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// goCode is the Go side.
func (s schema) goCode() string {
	var b strings.Builder
	b.WriteString("// Code generated from schema.json by go test ./internal/webrtc/protocol -update. DO NOT EDIT.\n\npackage protocol\n\n")
	fmt.Fprintf(&b, "// Version is the version of the protocol.\nconst Version = %d\n\n", s.Version)
	for _, e := range s.Enums {
		fmt.Fprintf(&b, "// %s %s\ntype %s string\n\n// The values of %s.\nconst (\n", e.Name, e.Doc, e.Name, e.Name)
		for _, v := range e.Values {
			fmt.Fprintf(&b, "\t%s%s %s = %q // %s\n", e.Name, exported(v.Value), e.Name, v.Value, v.Doc)
		}
		b.WriteString(")\n\n")
	}
	for _, o := range slices.Concat(s.Types, s.Client, s.Server) {
		fmt.Fprintf(&b, "// %s %s\ntype %s struct {\n", o.Name, o.Doc, o.Name)
		for _, f := range o.Fields {
			tag := f.Name
			if f.Optional {
				tag += ",omitempty"
			}
			fmt.Fprintf(&b, "\t%s %s `json:%q` // %s\n", exported(f.Name), f.goType(s), tag, f.Doc)
		}
		b.WriteString("}\n\n")
		if o.T != "" {
			fmt.Fprintf(&b, "// Type is %s.\nfunc (*%s) Type() string { return %q }\n\n", o.T, o.Name, o.T)
		}
	}
	for _, side := range []struct {
		name string
		list []object
	}{{"fromClient", s.Client}, {"fromServer", s.Server}} {
		fmt.Fprintf(&b, "var %s = map[string]func() Message{\n", side.name)
		for _, o := range side.list {
			fmt.Fprintf(&b, "\t%q: func() Message { return new(%s) },\n", o.T, o.Name)
		}
		b.WriteString("}\n\n")
	}
	b.WriteString("// Codes with which the server closes a socket (RFC 6455 §7.4.2).\nconst (\n")
	for _, c := range s.CloseCodes {
		fmt.Fprintf(&b, "\tClose%s = %d // %s\n", c.Name, c.Code, c.Doc)
	}
	b.WriteString(")\n")
	return b.String()
}

// exported is a name as Go writes it.
func exported(name string) string {
	switch {
	case name == "id" || name == "sdp":
		return strings.ToUpper(name)
	case strings.HasSuffix(name, "Id"):
		name = strings.TrimSuffix(name, "Id") + "ID"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

func (f field) goType(s schema) string {
	element, list := strings.CutSuffix(f.Type, "[]")
	element, mapped := strings.CutPrefix(element, "{")
	element = strings.TrimSuffix(element, "}")
	made := element
	switch element {
	case "integer":
		made = "int"
	case "boolean":
		made = "bool"
	}
	switch named := slices.ContainsFunc(slices.Concat(s.Types, s.Client, s.Server), func(o object) bool { return o.Name == element }); {
	case list:
		return "[]" + made
	case mapped:
		return "map[string]" + made
	case f.Optional && (named || made == "bool"):
		return "*" + made
	}
	return made
}

// typeScript is the side of browsers.
func (s schema) typeScript() string {
	var b strings.Builder
	b.WriteString("// Generated from internal/webrtc/protocol/schema.json by go test ./internal/webrtc/protocol -update. Do not edit.\n\n")
	fmt.Fprintf(&b, "/** The version of the protocol. */\nexport const protocolVersion = %d;\n\n", s.Version)
	for _, e := range s.Enums {
		fmt.Fprintf(&b, "/** %s %s */\nexport type %s =\n", e.Name, e.Doc, e.Name)
		for i, v := range e.Values {
			end := ""
			if i == len(e.Values)-1 {
				end = ";"
			}
			fmt.Fprintf(&b, "  | '%s'%s // %s\n", v.Value, end, v.Doc)
		}
		b.WriteString("\n")
	}
	for _, o := range s.Types {
		s.declare(&b, o, "")
	}
	var union [2][]string
	for side, list := range [][]object{s.Client, s.Server} {
		for _, o := range list {
			head := fmt.Sprintf("  t: '%s';\n", o.T)
			switch {
			case side == 0 && !o.Notice:
				head += "  /** Of the request. */\n  id: string;\n  /** The last event that was seen. */\n  ack?: number;\n"
			case side == 0:
				head += "  /** The last event that was seen. */\n  ack?: number;\n"
			case o.Answers:
				head += "  /** The request that is answered. */\n  re: string;\n"
			default:
				head += "  /** Of the event; absent inside of a snapshot. */\n  seq?: number;\n"
			}
			s.declare(&b, o, head)
			union[side] = append(union[side], o.Name)
		}
	}
	fmt.Fprintf(&b, "/** What a client sends. */\nexport type ClientMessage =\n  | %s;\n\n", strings.Join(union[0], "\n  | "))
	fmt.Fprintf(&b, "/** What the server sends. */\nexport type ServerMessage =\n  | %s;\n\n", strings.Join(union[1], "\n  | "))
	b.WriteString("/** Codes with which the server closes a socket. */\nexport const closeCodes = {\n")
	for _, c := range s.CloseCodes {
		fmt.Fprintf(&b, "  /** %s */\n  %s: %d,\n", c.Doc, strings.ToLower(c.Name[:1])+c.Name[1:], c.Code)
	}
	b.WriteString("} as const;\n")
	return b.String()
}

func (s schema) declare(b *strings.Builder, o object, head string) {
	fmt.Fprintf(b, "/** %s %s */\nexport interface %s {\n%s", o.Name, o.Doc, o.Name, head)
	for _, f := range o.Fields {
		mark := ""
		if f.Optional {
			mark = "?"
		}
		fmt.Fprintf(b, "  /** %s */\n  %s%s: %s;\n", f.Doc, f.Name, mark, f.typeScriptType(s))
	}
	b.WriteString("}\n\n")
}

func (f field) typeScriptType(s schema) string {
	element, list := strings.CutSuffix(f.Type, "[]")
	element, mapped := strings.CutPrefix(element, "{")
	element = strings.TrimSuffix(element, "}")
	if element == "integer" {
		element = "number"
	}
	if i := slices.IndexFunc(s.Server, func(o object) bool { return o.Name == element }); i >= 0 {
		element = "Omit<" + element + ", 't' | 'seq'>"
	}
	switch {
	case list:
		return element + "[]"
	case mapped:
		return "Record<string, " + element + ">"
	}
	return element
}

// tables are the messages as the page shows them.
func (s schema) tables() string {
	var b strings.Builder
	messages := func(title string, list []object) {
		fmt.Fprintf(&b, "### %s\n| t | what it says | fields |\n|---|---|---|\n", title)
		for _, o := range list {
			doc := "it " + o.Doc
			if o.Notice {
				doc += " No answer."
			}
			if o.Answer != "" {
				doc += " Answer: `" + o.Answer + "`."
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.T, doc, fields(o.Fields))
		}
		b.WriteString("\n")
	}
	messages("From the client", s.Client)
	messages("From the server", s.Server)
	b.WriteString("### Types\n| type | what it is | fields or values |\n|---|---|---|\n")
	for _, o := range s.Types {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.Name, o.Doc, fields(o.Fields))
	}
	for _, e := range s.Enums {
		var values []string
		for _, v := range e.Values {
			values = append(values, fmt.Sprintf("`%s`: %s", v.Value, v.Doc))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", e.Name, e.Doc, strings.Join(values, "; "))
	}
	b.WriteString("\n### Close codes\n| code | meaning |\n|---|---|\n")
	for _, c := range s.CloseCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", c.Code, c.Doc)
	}
	b.WriteString("\n")
	return b.String()
}

func fields(list []field) string {
	var all []string
	for _, f := range list {
		mark := ""
		if f.Optional {
			mark = "?"
		}
		all = append(all, fmt.Sprintf("`%s%s` %s: %s", f.Name, mark, f.Type, f.Doc))
	}
	if len(all) == 0 {
		return "–"
	}
	return strings.Join(all, "; ")
}
