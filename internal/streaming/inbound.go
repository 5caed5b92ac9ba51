package streaming

import (
	"bytes"
	"encoding/json"
	"errors"
)

// inboundKind is what a message of an application asks for.
type inboundKind uint8

const (
	otherMessage inboundKind = iota // of a kind that is not known: ignored, and counted
	audioMessage
	stopMessage
	markMessage
	noticesMessage
)

// inbound is a message of an application. Its slices lie in the message.
type inbound struct {
	kind inboundKind
	name string // of an otherMessage: the kind, as it was written
	data []byte // base64 of 16-bit little-endian PCM; it may hold escapes no base64 needs
	mark string // the id of a mark: after data, or alone; "" is none
	on   bool   // of a noticesMessage: notices are wanted
}

var (
	errNotJSON = errors.New("the message is not a JSON object")
	errNoKind  = errors.New("the message has no kind")
)

// parseInbound reads a message. Members are found in any case and any order,
// because SDKs differ, and the member kind decides: JavaScript's audio messages
// have an empty stopAudio beside audioData. What is expected is scanned in place;
// a text with escapes takes the way through encoding/json.
func parseInbound(message []byte) (inbound, error) {
	var in inbound
	var kind, audio, mark, notices []byte
	s := scanner{rest: message}
	for name, value := range s.object {
		switch {
		case equalFold(name, "kind"):
			kind = value
		case equalFold(name, "audioData"):
			audio = value
		case equalFold(name, "markData"), equalFold(name, "mark"):
			mark = value
		case equalFold(name, "speechNotices"):
			notices = value
		}
	}
	if s.failed || !s.atEnd() {
		return in, errNotJSON
	}
	name, ok := text(kind)
	if !ok {
		return in, errNoKind
	}
	switch {
	case equalFold(name, "AudioData"):
		return in, in.readAudio(audio)
	case equalFold(name, "StopAudio"):
		in.kind = stopMessage
	case equalFold(name, "MarkData"):
		in.kind = markMessage
		return in, in.readMark(mark)
	case equalFold(name, "SpeechNotices"):
		in.kind = noticesMessage
		return in, in.readNotices(notices)
	default:
		in.name = string(name[:min(len(name), 64)])
	}
	return in, nil
}

// readAudio reads the object of an audio message.
func (in *inbound) readAudio(object []byte) error {
	in.kind = audioMessage
	s := scanner{rest: object}
	for name, value := range s.object {
		switch {
		case equalFold(name, "data"):
			in.data, _ = text(value)
		case equalFold(name, "mark"):
			if err := in.readMark(value); err != nil {
				return err
			}
		}
	}
	if s.failed {
		return errors.New("audioData is not an object")
	}
	return nil
}

// readNotices reads {"enabled": true}, or false.
func (in *inbound) readNotices(object []byte) error {
	s := scanner{rest: object}
	for name, value := range s.object {
		if equalFold(name, "enabled") {
			in.on = string(value) == "true"
		}
	}
	if s.failed {
		return errors.New("speechNotices is not an object")
	}
	return nil
}

// readMark reads {"id": …}; null and an object without an id are no mark.
func (in *inbound) readMark(object []byte) error {
	if len(object) == 0 || bytes.Equal(object, []byte("null")) {
		return nil
	}
	s := scanner{rest: object}
	for name, value := range s.object {
		if equalFold(name, "id") {
			id, _ := text(value)
			if len(id) > maxMarkID {
				return errors.New("the id of the mark is longer than 256 bytes")
			}
			in.mark = string(id)
		}
	}
	if s.failed {
		return errors.New("mark is not an object")
	}
	return nil
}

// maxMarkID bounds the id of a mark, in bytes.
const maxMarkID = 256

// text returns what a JSON string says; false for any other value.
func text(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	inner := value[1 : len(value)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, true
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return nil, false
	}
	return []byte(s), true
}

// equalFold compares a name with one in ASCII, regardless of case.
func equalFold(name []byte, want string) bool {
	return len(name) == len(want) && bytes.EqualFold(name, []byte(want))
}
