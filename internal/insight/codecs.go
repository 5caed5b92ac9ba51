package insight

import (
	"bytes"
	"slices"
	"strings"
)

// staticCodecs are the payload types without an rtpmap (RFC 3551 §6).
var staticCodecs = map[string]string{"0": "PCMU", "3": "GSM", "4": "G723", "8": "PCMA", "9": "G722", "15": "G728", "18": "G729"}

// codecsOf names the codecs of the audio in a message's description.
func codecsOf(message []byte) (names []string) {
	_, body, ok := bytes.Cut(message, []byte("\r\n\r\n"))
	if !ok {
		return nil
	}
	var types []string
	mapped := map[string]string{}
	audio := false
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "m="):
			fields := strings.Fields(line)
			if audio = len(fields) > 3 && fields[0] == "m=audio"; audio {
				types = append(types, fields[3:]...)
			}
		case audio && strings.HasPrefix(line, "a=rtpmap:"):
			number, name, _ := strings.Cut(strings.TrimPrefix(line, "a=rtpmap:"), " ")
			mapped[number], _, _ = strings.Cut(name, "/")
		}
	}
	for _, number := range types {
		name := mapped[number]
		if name == "" {
			name = staticCodecs[number]
		}
		if name != "" && name != "telephone-event" && len(names) < maxNames && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
