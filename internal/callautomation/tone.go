package callautomation

import (
	"strings"

	"github.com/switchhook/switchhook/internal/call"
)

// toneNames are the keys in Azure's words.
var toneNames = map[call.Tone]string{
	'0': "zero", '1': "one", '2': "two", '3': "three", '4': "four", '5': "five", '6': "six", '7': "seven",
	'8': "eight", '9': "nine", 'A': "a", 'B': "b", 'C': "c", 'D': "d", '#': "pound", '*': "asterisk",
}

// tonesByName finds a key by Azure's word.
var tonesByName = func() map[string]call.Tone {
	byName := make(map[string]call.Tone, len(toneNames))
	for tone, name := range toneNames {
		byName[name] = tone
	}
	return byName
}()

// parseTones turns Azure's words into keys.
func parseTones(field string, names []string) ([]call.Tone, error) {
	tones := make([]call.Tone, len(names))
	for i, name := range names {
		tone, err := parseTone(indexed(field, i), name)
		if err != nil {
			return nil, err
		}
		tones[i] = tone
	}
	return tones, nil
}

// parseTone turns one of Azure's words into a key.
func parseTone(field, name string) (call.Tone, error) {
	tone, known := tonesByName[strings.ToLower(name)]
	if !known {
		return 0, errBody("%s: %q is not a tone; known are zero to nine, a, b, c, d, pound and asterisk.", field, name)
	}
	return tone, nil
}

// toneMembers is the result of a recognition of keys.
func toneMembers(tones []call.Tone) object {
	names := make([]string, len(tones))
	for i, tone := range tones {
		names[i] = toneNames[tone]
	}
	return object{
		{"recognitionType", "dtmf"},
		{"dtmfResult", object{{"tones", names}}},
	}
}
