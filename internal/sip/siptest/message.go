package siptest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Field is one header line.
type Field struct{ Name, Value string }

// Message is a request or a response, as text in fields.
type Message struct {
	Start  string // request line or status line
	Fields []Field
	Body   []byte

	reply func([]byte) error // writes to where the message came from
	extra []Field            // of the final response to it
}

// short are the compact names of RFC 3261 §7.3.3.
var short = map[string]string{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length", "c": "content-type"}

// parse reads one whole message.
func parse(data []byte) (*Message, error) {
	head, body, ok := bytes.Cut(data, []byte("\r\n\r\n"))
	if !ok {
		return nil, errors.New("message has no empty line")
	}
	lines := strings.Split(string(head), "\r\n")
	m := &Message{Start: lines[0], Body: bytes.Clone(body)}
	for _, line := range lines[1:] {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("line %q is no header", line)
		}
		m.Fields = append(m.Fields, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	if m.Get("Call-ID") == "" || m.Get("CSeq") == "" {
		return nil, fmt.Errorf("message %q lacks Call-ID or CSeq", m.Start)
	}
	return m, nil
}

// bytes writes the message with its Content-Length.
func (m *Message) bytes() []byte {
	var b bytes.Buffer
	b.WriteString(m.Start + "\r\n")
	for _, f := range m.Fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.Body))
	b.Write(m.Body)
	return b.Bytes()
}

// Add appends a header line.
func (m *Message) Add(name, value string) { m.Fields = append(m.Fields, Field{name, value}) }

// Get returns the first value of a header, or "".
func (m *Message) Get(name string) string {
	if all := m.All(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// All returns every value of a header, in order.
func (m *Message) All(name string) (values []string) {
	for _, f := range m.Fields {
		have := strings.ToLower(f.Name)
		if long, ok := short[have]; ok {
			have = long
		}
		if have == strings.ToLower(name) {
			values = append(values, f.Value)
		}
	}
	return values
}

// IsRequest tells a request from a response.
func (m *Message) IsRequest() bool { return !strings.HasPrefix(m.Start, "SIP/2.0 ") }

// Method returns the method of a request, or of the request that is answered.
func (m *Message) Method() string {
	_, method, _ := strings.Cut(m.Get("CSeq"), " ")
	return strings.TrimSpace(method)
}

// CSeq returns the sequence number.
func (m *Message) CSeq() int {
	number, _, _ := strings.Cut(m.Get("CSeq"), " ")
	n, _ := strconv.Atoi(number)
	return n
}

// Status returns the status code of a response; 0 for a request.
func (m *Message) Status() int {
	if m.IsRequest() {
		return 0
	}
	n, _ := strconv.Atoi(strings.SplitN(m.Start+"  ", " ", 3)[1])
	return n
}

// URI returns the Request-URI of a request.
func (m *Message) URI() string { return strings.SplitN(m.Start+"  ", " ", 3)[1] }

// Tag returns the tag of a From or To header.
func (m *Message) Tag(name string) string { return parameter(m.Get(name), "tag") }

// branch returns the branch of the top Via.
func (m *Message) branch() string { return parameter(m.Get("Via"), "branch") }

// parameter returns a parameter that follows an address.
func parameter(value, name string) string {
	if _, after, ok := strings.Cut(value, ">"); ok {
		value = after
	}
	for _, part := range strings.Split(value, ";")[1:] {
		key, val, _ := strings.Cut(part, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(val)
		}
	}
	return ""
}

// address returns the URI of a name-addr such as Contact.
func address(value string) string {
	if _, after, ok := strings.Cut(value, "<"); ok {
		uri, _, _ := strings.Cut(after, ">")
		return uri
	}
	uri, _, _ := strings.Cut(value, ";")
	return strings.TrimSpace(uri)
}
