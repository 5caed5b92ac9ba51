package journal

import "encoding/binary"

// Version 1 of the format, which is read and not written any more: values
// without numbers, in a fixed order; numbers are varints, texts have their
// length before them.

// readPage1 tells each line of a page of version 1, without its version byte.
func readPage1(page []byte, tell func(line) error) error {
	r := Reader1{Rest: page}
	for len(r.Rest) > 0 {
		l := line{kind: Kind(r.Byte()), format: FormatPositional}
		l.seq = r.Uvarint()
		l.attempts = int(min(r.Uvarint(), 1<<31-1))
		l.posted, l.due, l.first = fromMillis(uint64(r.Varint())), fromMillis(uint64(r.Varint())), fromMillis(uint64(r.Varint()))
		l.content = r.Bytes()
		if r.Err != nil {
			return r.Err
		}
		if err := tell(l); err != nil {
			return err
		}
	}
	return nil
}

func decodeHold1(content []byte) (h Hold, err error) {
	r := Reader1{Rest: content}
	h.Key = string(r.Bytes())
	h.Body = append([]byte(nil), r.Bytes()...)
	return h, r.Err
}

func decodeRelease1(content []byte) ([]string, error) {
	r := Reader1{Rest: content}
	keys := r.Texts()
	return keys, r.Err
}

// Reader1 takes values of version 1 from the front; after a failure it gives
// zeros.
type Reader1 struct {
	Rest []byte
	Err  error
}

// Uvarint takes a number.
func (r *Reader1) Uvarint() uint64 {
	v, n := binary.Uvarint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Varint takes a number with a sign.
func (r *Reader1) Varint() int64 {
	v, n := binary.Varint(r.Rest)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.Rest = r.Rest[n:]
	return v
}

// Byte takes a byte.
func (r *Reader1) Byte() byte {
	if len(r.Rest) == 0 {
		r.fail()
		return 0
	}
	b := r.Rest[0]
	r.Rest = r.Rest[1:]
	return b
}

// Bytes takes a text; it shares the page's memory.
func (r *Reader1) Bytes() []byte {
	n := r.Uvarint()
	if n > uint64(len(r.Rest)) {
		r.fail()
		return nil
	}
	b := r.Rest[:n:n]
	r.Rest = r.Rest[n:]
	return b
}

// Count takes how many things of at least size bytes follow.
func (r *Reader1) Count(size int) int {
	n := r.Uvarint()
	if n > uint64(len(r.Rest)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

// Texts takes a list of texts.
func (r *Reader1) Texts() []string {
	var texts []string
	for range r.Count(1) {
		texts = append(texts, string(r.Bytes()))
	}
	return texts
}

func (r *Reader1) fail() { r.Rest, r.Err = nil, ErrDamaged }
