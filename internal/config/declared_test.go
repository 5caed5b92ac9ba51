package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/codec"
)

// declaredKey is a key of the file with its field.
type declaredKey struct {
	path string // with [] behind lists
	of   reflect.StructField
	in   string // name of the type
}

// declaredKeys are all keys, those that have keys below them excepted.
func declaredKeys(prefix string, of reflect.Type) (list []declaredKey) {
	for i := range of.NumField() {
		field := of.Field(i)
		path, kind := prefix+field.Tag.Get("yaml"), field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		switch {
		case kind.Kind() == reflect.Struct:
			list = append(list, declaredKeys(path+".", kind)...)
		case kind.Kind() == reflect.Slice && kind.Elem().Kind() == reflect.Struct:
			list = append(list, declaredKeys(path+"[].", kind.Elem())...)
		default:
			list = append(list, declaredKey{path, field, of.Name()})
		}
	}
	return list
}

// required are keys that an object of a list needs beside the one that is tried, or
// beside one value of it.
var required = map[string]string{
	"trunks[]":                  "name: a, host: h.example",
	"trunks[].register":         "user: u",
	"guards[]":                  "name: g, calls-per-minute: 5",
	"guards[].calls-per-minute": "name: g, concurrent-calls: 5",

	"speech.providers[]":               "name: a, kind: flite",
	"speech.prepare[]":                 "text: x",
	"speech.providers[].kind":          "name: a",
	"speech.providers[].kind=piper":    "name: a, url: 'http://127.0.0.1'",
	"speech.providers[].kind=vosk":     "name: a, url: 'ws://127.0.0.1'",
	"speech.providers[].kind=openai":   "name: a, url: 'http://127.0.0.1/v1'",
	"speech.providers[].kind=azure":    "name: a, region: westeurope, key: k",
	"speech.providers[].kind=deepgram": "name: a, key: k",
}

// sample is a file in which one key has a value.
func sample(path, value string) string {
	parts := strings.Split(path, ".")
	text := parts[len(parts)-1] + ": " + value
	for i := len(parts) - 2; i >= 0; i-- {
		name, listed := strings.CutSuffix(parts[i], "[]")
		more, found := required[path+"="+strings.Trim(value, `"`)]
		if !found {
			more, found = required[path]
		}
		if !found || i < len(parts)-2 {
			more = required[strings.Join(parts[:i+1], ".")]
		}
		if more != "" {
			text = more + ", " + text
		}
		text = "{" + text + "}"
		if listed {
			text = "[" + text + "]"
		}
		text = name + ": " + text
	}
	return text + "\n"
}

// without is the same file without the key.
func without(path string) string {
	text := sample(path, "X")
	at := strings.LastIndex(text, path[strings.LastIndex(path, ".")+1:]+": X")
	return strings.Replace(strings.TrimSuffix(text[:at], ", ")+text[at+len(path[strings.LastIndex(path, ".")+1:]+": X"):], ", }", "}", 1)
}

// TestDefaultsOfThePageAreThoseOfTheCode: a file that sets a key to its default is
// the same configuration as one without the key.
func TestDefaultsOfThePageAreThoseOfTheCode(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", "/state")
	tried := 0
	for _, key := range declaredKeys("", reflect.TypeFor[keys]()) {
		value := key.of.Tag.Get("default")
		if value == "" {
			continue
		}
		tried++
		quoted := fmt.Sprintf("%q", value)
		if key.of.Type.Kind() == reflect.Slice {
			quoted = `["` + strings.Join(strings.Fields(value), `", "`) + `"]`
		} else if key.of.Type.Kind() == reflect.Pointer {
			quoted = value
		}
		with, err := Load(Flags{Config: file(t, sample(key.path, quoted))})
		if err != nil {
			t.Errorf("%s: %v", key.path, err)
			continue
		}
		bare, err := Load(Flags{Config: file(t, without(key.path))})
		if err != nil || !reflect.DeepEqual(with, bare) {
			t.Errorf("%s: %s is not the default: %v\n%+v\n%+v", key.path, value, err, with, bare)
		}
	}
	if tried < 30 {
		t.Errorf("%d keys have a default: is this looking at the right type?", tried)
	}
}

// TestBoundsOfThePageAreThoseOfTheCode: what lies outside of the bounds, or is none
// of the words that a key declares, is refused with the name of the key.
func TestBoundsOfThePageAreThoseOfTheCode(t *testing.T) {
	tried := 0
	for _, key := range declaredKeys("", reflect.TypeFor[keys]()) {
		tag := key.of.Tag
		values := map[string]bool{} // refused?
		if most := tag.Get("max"); most != "" {
			if tag.Get("type") == "duration" {
				values["1000000h"], values["-1s"] = true, true
			} else {
				values[most+"0"], values["-1"] = true, true
			}
			values[most], values[tag.Get("min")] = false, false
		}
		if allowed := strings.Fields(tag.Get("of")); len(allowed) > 0 {
			values["nonsense"] = true
			for _, word := range allowed {
				if word != "OPUS" || codec.OpusMissing() == nil {
					values[word] = false
				}
			}
		}
		for value, refused := range values {
			tried++
			text := value
			if key.of.Type.Kind() == reflect.Slice {
				text = "[" + value + "]"
			} else if tag.Get("of") != "" {
				text = `"` + value + `"`
			}
			_, err := Load(Flags{Config: file(t, sample(key.path, text))})
			name := strings.ReplaceAll(key.path, "[]", "[0]")
			if refused && (err == nil || !strings.Contains(err.Error(), name)) || !refused && err != nil {
				t.Errorf("%s: %s: %v", key.path, value, err)
			}
		}
	}
	if tried < 100 {
		t.Errorf("%d values were tried: is this looking at the right type?", tried)
	}
}

// TestEveryKeyHasAMeaning asks for the comment that the page shows.
func TestEveryKeyHasAMeaning(t *testing.T) {
	comments := fieldComments(t)
	for _, key := range declaredKeys("", reflect.TypeFor[keys]()) {
		if text := comments[key.in+"."+key.of.Name]; !strings.HasSuffix(text, ".") {
			t.Errorf("%s has the meaning %q", key.path, text)
		}
	}
}

// TestFlagsAreKeys asks that each flag is a key of the file, and that its variable
// has its name.
func TestFlagsAreKeys(t *testing.T) {
	names := map[string]bool{"config": true}
	for _, key := range declaredKeys("", reflect.TypeFor[keys]()) {
		names[key.path] = true
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Flags]()) {
		name := field.Tag.Get("name")
		if want := "SWITCHHOOK_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")); !names[name] || field.Tag.Get("env") != want {
			t.Errorf("flag %s: key %t, variable %s", name, names[name], field.Tag.Get("env"))
		}
	}
}
