package appendjson

import (
	"bytes"
	"errors"
	"testing"
)

func TestBuiltTextHasMemoryOfItsOwn(t *testing.T) {
	write := func(c byte, n int) []byte {
		text, err := Build(func(b []byte) ([]byte, error) { return append(b, bytes.Repeat([]byte{c}, n)...), nil })
		if err != nil || len(text) != n {
			t.Fatalf("%d bytes, %v", len(text), err)
		}
		return text
	}
	for _, n := range []int{1, 1000, usualSize + 1, mostKept + 1} {
		first := write('a', n)
		write('b', n)
		if !bytes.Equal(first, bytes.Repeat([]byte{'a'}, n)) {
			t.Errorf("%d bytes were overwritten by the next", n)
		}
		if spare := cap(first) - n; spare > n/7+64 {
			t.Errorf("%d bytes keep room for %d more", n, spare)
		}
	}
	if _, err := Build(func(b []byte) ([]byte, error) { return nil, errors.New("refused") }); err == nil {
		t.Error("an error was lost")
	}
}
