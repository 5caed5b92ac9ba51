package speech

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/iotest"
)

// TestSoundOfAWAVFileEndsWithIt reads a file of three samples, and asks for its end twice.
func TestSoundOfAWAVFileEndsWithIt(t *testing.T) {
	le := binary.LittleEndian
	file := le.AppendUint32([]byte("RIFF"), 36+6)
	file = le.AppendUint32(append(file, "WAVEfmt "...), 16)
	file = le.AppendUint16(le.AppendUint16(file, 1), 1)
	file = le.AppendUint32(le.AppendUint32(file, 8000), 16000)
	file = le.AppendUint16(le.AppendUint16(file, 2), 16)
	file = le.AppendUint32(append(file, "data"...), 6)
	samples := []byte{1, 0, 2, 0, 3, 0}
	sound, err := FromWAV(io.NopCloser(bytes.NewReader(append(file, samples...))))
	if err != nil {
		t.Fatal(err)
	}
	heard, err := io.ReadAll(iotest.OneByteReader(sound))
	if err != nil || !bytes.Equal(heard, samples) || sound.Rate != 8000 {
		t.Errorf("read %v at %d Hz, %v", heard, sound.Rate, err)
	}
	if n, err := sound.Read(make([]byte, 2)); n != 0 || err != io.EOF {
		t.Errorf("after the end: %d bytes, %v", n, err)
	}
}
