package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Message is the content of a frame; the generated types are all of them.
type Message interface {
	// Type is the member t of the frame.
	Type() string
}

// Head is what frames carry beside their content.
type Head struct {
	Type string `json:"t"`
	ID   string `json:"id,omitempty"`  // of a request
	Re   string `json:"re,omitempty"`  // the request that is answered
	Seq  uint64 `json:"seq,omitempty"` // of an event of the server, from 1
	Ack  uint64 `json:"ack,omitempty"` // the last event that the client has seen
}

// MaxID bounds the id of a request, in bytes.
const MaxID = 64

// Encode writes a frame.
func Encode(head Head, m Message) ([]byte, error) {
	head.Type = m.Type()
	frame, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", head.Type, err)
	}
	if len(content) > len("{}") {
		frame = append(append(frame[:len(frame)-1], ','), content[1:]...)
	}
	return frame, nil
}

// Errors of Decode and DecodeServer.
var (
	// ErrMalformed is a frame that is no message at all: the socket is closed.
	ErrMalformed = errors.New("the frame is no message")
	// ErrUnknownType is a message that this version does not have.
	ErrUnknownType = errors.New("the message has a type that this version does not know")
	// ErrContent is a message whose fields have wrong types.
	ErrContent = errors.New("a field of the message has a wrong type")
)

// Decode reads a frame of a client. Fields that it does not know are ignored. With
// ErrUnknownType and ErrContent the head is valid, so that the error can be answered.
func Decode(frame []byte) (Head, Message, error) { return decode(frame, fromClient) }

// DecodeServer reads a frame of the server, for clients.
func DecodeServer(frame []byte) (Head, Message, error) { return decode(frame, fromServer) }

func decode(frame []byte, types map[string]func() Message) (head Head, m Message, err error) {
	if json.Unmarshal(frame, &head) != nil || head.Type == "" || len(head.ID) > MaxID {
		return Head{}, nil, ErrMalformed
	}
	made, known := types[head.Type]
	if !known {
		return head, nil, ErrUnknownType
	}
	m = made()
	if json.Unmarshal(frame, m) != nil {
		return head, nil, ErrContent
	}
	return head, m, nil
}
