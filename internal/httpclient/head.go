package httpclient

import (
	"bufio"
	"bytes"
)

// head is the part of a response before its body.
type head struct {
	status     int
	length     int64 // of the body
	retryAfter string
	delayed    bool // it has the field Retry-After, of which the first counts
}

// maxDigits is of a length that readHead takes: more than is ever read.
const maxDigits = 12

// readHead reads the head of a usual response: final, of HTTP/1.1, with a length, all
// in the reader's buffer. Of every other it reports false and has read nothing, so that
// net/http's parser can, which is the one that knows what to forgive and what not. What
// readHead takes, net/http takes as the same (FuzzHead).
func readHead(reader *bufio.Reader) (h head, usual bool) {
	for {
		text, _ := reader.Peek(reader.Buffered())
		if end := bytes.Index(text, []byte("\r\n\r\n")); end >= 0 {
			if h, usual = parseHead(text[:end+2]); usual {
				_, _ = reader.Discard(end + 4)
			}
			return h, usual
		}
		if len(text) == reader.Size() {
			return h, false
		}
		if _, err := reader.Peek(len(text) + 1); err != nil {
			return h, false // net/http's parser meets it again
		}
	}
}

// parseHead reads the status line and the fields, each with its end of line.
func parseHead(text []byte) (h head, usual bool) {
	line, text, _ := bytes.Cut(text, []byte("\r\n"))
	if h.status, usual = parseStatusLine(line); !usual {
		return h, false
	}
	h.length = -1
	for len(text) > 0 {
		line, text, _ = bytes.Cut(text, []byte("\r\n"))
		name, value, _ := bytes.Cut(line, []byte(":"))
		if !isFieldName(name) || len(name) == len(line) || !isFieldValue(value) {
			return h, false
		}
		if !h.field(name, bytes.Trim(value, " \t")) {
			return h, false
		}
	}
	if h.status == 204 || h.status == 304 { // RFC 9112 §6.3: no body, whatever the fields say
		h.length = 0
	}
	return h, h.length >= 0
}

// parseStatusLine reads a status line: RFC 9112 §4.
func parseStatusLine(line []byte) (status int, usual bool) {
	const version = "HTTP/1.1 "
	if len(line) < len(version)+3 || string(line[:len(version)]) != version || !isFieldValue(line) {
		return 0, false
	}
	for _, digit := range line[len(version) : len(version)+3] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		status = 10*status + int(digit-'0')
	}
	reason := line[len(version)+3:]
	return status, status >= 200 && (len(reason) == 0 || reason[0] == ' ')
}

// field takes a field, and reports false where it makes the response an unusual one.
func (h *head) field(name, value []byte) bool {
	switch {
	case isNamed(name, "content-length"):
		if h.length >= 0 || len(value) == 0 || len(value) > maxDigits {
			return false
		}
		h.length = 0
		for _, digit := range value {
			if digit < '0' || digit > '9' {
				return false
			}
			h.length = 10*h.length + int64(digit-'0')
		}
	case isNamed(name, "connection"):
		return isNamed(value, "keep-alive")
	case isNamed(name, "transfer-encoding"), isNamed(name, "trailer"):
		return false
	case isNamed(name, "retry-after"):
		if !h.delayed {
			h.delayed, h.retryAfter = true, string(value)
		}
	}
	return true
}

// isNamed compares text with a name in lower case.
func isNamed(text []byte, name string) bool {
	if len(text) != len(name) {
		return false
	}
	for i, c := range text {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != name[i] {
			return false
		}
	}
	return true
}
