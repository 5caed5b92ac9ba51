package insight

import (
	"bytes"
	"slices"
	"unsafe"
)

// itemMemory is where a timeline's items of the usual kinds lie. A call with an application
// has some twenty of them: an object for each, and one for its text, would cost more to
// allocate, and to look through at each garbage collection, than to fill. The zero
// itemMemory is empty. An item that has been put there is not changed.
type itemMemory struct {
	texts    []byte // the rest of the last chunk
	messages block[sipMessage]
	attempts block[attempt]
	legs     block[legNews]
	events   block[briefEvent]
}

// How many items of each kind are made room for at once.
const (
	messageBlock = 8
	attemptBlock = 4
	legBlock     = 3
	eventBlock   = 5
)

// Texts that are longer than a fourth of a chunk have room of their own.
const (
	textChunk   = 2 << 10
	longestText = textChunk / 4
)

// block is room for some items of a kind.
type block[T any] struct{ left []T }

// cost is the bytes of memory that the next put takes; many are made room for at once.
func (b *block[T]) cost(many int) int {
	if len(b.left) > 0 {
		return 0
	}
	var one T
	return roomOf(many * int(unsafe.Sizeof(one)))
}

func (b *block[T]) put(many int, item T) *T {
	if len(b.left) == 0 {
		b.left = make([]T, many)
	}
	at := &b.left[0]
	*at, b.left = item, b.left[1:]
	return at
}

// textCost is the bytes of memory that the next putText of so many bytes takes.
func (m *itemMemory) textCost(size int) int {
	switch {
	case size > longestText:
		return roomOf(size)
	case size > len(m.texts):
		return textChunk
	}
	return 0
}

// putText keeps a copy.
func (m *itemMemory) putText(text []byte) []byte {
	if len(text) > longestText {
		return slices.Clip(bytes.Clone(text))
	}
	if len(text) > len(m.texts) {
		m.texts = make([]byte, textChunk)
	}
	kept := m.texts[:len(text):len(text)]
	m.texts = m.texts[len(text):]
	copy(kept, text)
	return kept
}

// messageCost is the bytes of memory that the next putMessage of so long a text takes.
func (m *itemMemory) messageCost(size int) int {
	return m.messages.cost(messageBlock) + m.textCost(size)
}

// putMessage keeps a copy of a SIP message.
func (m *itemMemory) putMessage(path *sipPath, text []byte) *sipMessage {
	return m.messages.put(messageBlock, sipMessage{path, m.putText(text)})
}
