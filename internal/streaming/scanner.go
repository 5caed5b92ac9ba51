package streaming

import "bytes"

// scanner walks the members of a JSON object without copying or allocating. It
// checks structure, not the inside of numbers and literals: what a member means is
// checked by whoever reads its value.
type scanner struct {
	rest   []byte
	failed bool
}

// maxDepth bounds objects within objects.
const maxDepth = 32

// object calls yield for each member of the object at the scanner's place, with the
// name and the value as they are written, the name without its quotes.
func (s *scanner) object(yield func(name, value []byte) bool) {
	if !s.take('{') {
		s.failed = true
		return
	}
	if s.take('}') {
		return
	}
	for {
		name, ok := s.value(0)
		if !ok || name[0] != '"' || !s.take(':') {
			s.failed = true
			return
		}
		value, ok := s.value(0)
		if !ok {
			s.failed = true
			return
		}
		if !yield(name[1:len(name)-1], value) {
			return
		}
		switch {
		case s.take(','):
		case s.take('}'):
			return
		default:
			s.failed = true
			return
		}
	}
}

// atEnd reports whether nothing but blanks follows.
func (s *scanner) atEnd() bool { s.blanks(); return len(s.rest) == 0 }

func (s *scanner) blanks() {
	for len(s.rest) > 0 && (s.rest[0] == ' ' || s.rest[0] == '\n' || s.rest[0] == '\t' || s.rest[0] == '\r') {
		s.rest = s.rest[1:]
	}
}

// take consumes a character after blanks.
func (s *scanner) take(c byte) bool {
	s.blanks()
	if len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

// value consumes a value and returns it as it is written.
func (s *scanner) value(depth int) ([]byte, bool) {
	s.blanks()
	if len(s.rest) == 0 || depth > maxDepth {
		return nil, false
	}
	start := s.rest
	var ok bool
	switch s.rest[0] {
	case '"':
		ok = s.quoted()
	case '{':
		ok = s.nested('}', depth)
	case '[':
		ok = s.nested(']', depth)
	default:
		ok = s.literal()
	}
	return start[:len(start)-len(s.rest)], ok
}

// quoted consumes a string.
func (s *scanner) quoted() bool {
	for from := 1; ; {
		end := bytes.IndexByte(s.rest[from:], '"')
		if end < 0 {
			return false
		}
		end += from
		escapes := 0
		for s.rest[end-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			s.rest = s.rest[end+1:]
			return true
		}
		from = end + 1
	}
}

// nested consumes an object or an array.
func (s *scanner) nested(closing byte, depth int) bool {
	s.rest = s.rest[1:]
	if s.take(closing) {
		return true
	}
	for {
		if closing == '}' {
			s.blanks()
			if len(s.rest) == 0 || s.rest[0] != '"' || !s.quoted() || !s.take(':') {
				return false
			}
		}
		if _, ok := s.value(depth + 1); !ok {
			return false
		}
		switch {
		case s.take(','):
		case s.take(closing):
			return true
		default:
			return false
		}
	}
}

// literal consumes a number, true, false or null.
func (s *scanner) literal() bool {
	n := 0
	for n < len(s.rest) {
		c := s.rest[n]
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.' {
			n++
			continue
		}
		break
	}
	s.rest = s.rest[n:]
	return n > 0
}
