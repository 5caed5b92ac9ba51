package audio_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// chunk is one of a RIFF file, padded to even size.
func chunk(name string, content []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(content)))
	out = append(out, content...)
	return append(out, make([]byte, len(content)%2)...)
}

func riff(chunks ...[]byte) []byte {
	body := append([]byte("WAVE"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func format(tag, channels, rate, bits int) []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(nil, uint16(tag))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*bits/8))
	b = le.AppendUint16(b, uint16(channels*bits/8))
	return le.AppendUint16(b, uint16(bits))
}

// extensible is a format whose true tag lies in its sub-format.
func extensible(tag, channels, rate, bits int) []byte {
	b := append(format(0xFFFE, channels, rate, bits), 22, 0, byte(bits), 0, 0, 0, 0, 0)
	guid := []byte{0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}
	return append(binary.LittleEndian.AppendUint16(b, uint16(tag)), guid...)
}

func little[T any](samples ...T) []byte {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, samples); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// withSize returns a data chunk whose header lies about its size.
func withSize(size uint32, content []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte("data"), size), content...)
}

func TestReadWAV(t *testing.T) {
	mono16 := chunk("fmt ", format(1, 1, 8000, 16))
	pcm := little[int16](0, 1, -1, 32767, -32768)
	want := []int16{0, 1, -1, 32767, -32768}
	tests := []struct {
		name string
		file []byte
		want []int16
	}{
		{"16-bit", riff(mono16, chunk("data", pcm)), want},
		{"8-bit unsigned", riff(chunk("fmt ", format(1, 1, 8000, 8)), chunk("data", []byte{128, 255, 0})), []int16{0, 32512, -32768}},
		{"24-bit", riff(chunk("fmt ", format(1, 1, 8000, 24)), chunk("data", []byte{0, 1, 0, 0xFF, 0xFF, 0xFF, 0, 0, 0x80, 0xFF, 0xFF, 0x7F})), []int16{1, 0, -32768, 32767}},
		{"32-bit", riff(chunk("fmt ", format(1, 1, 8000, 32)), chunk("data", little[int32](1<<16, -5<<16, math.MaxInt32))), []int16{1, -5, 32767}},
		{"32-bit float", riff(chunk("fmt ", format(3, 1, 8000, 32)), chunk("data", little[float32](0.5, -1, 7, float32(math.NaN()), float32(math.Inf(-1))))), []int16{16384, -32768, 32767, 0, -32768}},
		{"64-bit float", riff(chunk("fmt ", format(3, 1, 8000, 64)), chunk("data", little(0.25, -2, 1e300))), []int16{8192, -32768, 32767}},
		{"A-law", riff(chunk("fmt ", format(6, 1, 8000, 8)), chunk("data", []byte{0xD5, 0x55, 0xAA, 0x2A, 0xC5})), []int16{8, -8, 32256, -32256, 264}},
		{"µ-law", riff(chunk("fmt ", format(7, 1, 8000, 8)), chunk("data", []byte{0xFF, 0x7F, 0x80, 0x00, 0xEF})), []int16{0, 0, 32124, -32124, 132}},
		{"stereo is averaged", riff(chunk("fmt ", format(1, 2, 8000, 16)), chunk("data", little[int16](100, 200, 32767, 32767, -32768, 32767))), []int16{150, 32767, -1}},
		{"six channels are averaged", riff(chunk("fmt ", format(1, 6, 8000, 16)), chunk("data", little[int16](600, 0, 0, 0, 0, 0))), []int16{100}},
		{"extensible", riff(chunk("fmt ", extensible(1, 1, 8000, 16)), chunk("data", pcm)), want},
		{"extensible float", riff(chunk("fmt ", extensible(3, 1, 8000, 32)), chunk("data", little[float32](0.5))), []int16{16384}},
		{"chunks in front and behind", riff(chunk("JUNK", make([]byte, 28)), mono16, chunk("fact", little[int32](5)), chunk("LIST", []byte("INFO")), chunk("data", pcm), chunk("id3 ", []byte("x"))), want},
		{"an odd chunk", riff(chunk("LIST", []byte("odd")), mono16, chunk("data", pcm)), want},
		{"an odd chunk without padding", riff(chunk("LIST", []byte("odd"))[:11], mono16, chunk("data", pcm)), want},
		{"size 0, written to a pipe", riff(mono16, withSize(0, pcm)), want},
		{"size unknown, written to a pipe", riff(mono16, withSize(0xFFFFFFFF, pcm)), want},
		{"truncated within a sample", riff(mono16, withSize(1000, append(slices.Clone(pcm), 7))), want},
		{"half a sample at the end", riff(mono16, chunk("data", append(slices.Clone(pcm), 7))), want},
		{"block size left 0", riff(chunk("fmt ", append(format(1, 1, 8000, 16)[:12], 0, 0, 16, 0)), chunk("data", pcm)), want},
		{"no samples", riff(mono16, chunk("data", nil)), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, rate, err := audio.ReadWAV(iotest.OneByteReader(bytes.NewReader(test.file)), time.Minute)
			if err != nil || rate != 8000 || !slices.Equal(got, test.want) {
				t.Errorf("got %v at %d Hz, %v; want %v", got, rate, err, test.want)
			}
		})
	}
}

func TestBadWAVSaysWhatIsWrong(t *testing.T) {
	data := chunk("data", little[int16](1, 2))
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "it has 0 bytes"},
		{"short", []byte("RIFF"), "it has 4 bytes"},
		{"a page", []byte("<!DOCTYPE html><html>"), `starts with "<!DOCTYPE ht"`},
		{"big-endian", []byte("RIFX\x00\x00\x00\x00WAVE"), "RIFX"},
		{"another RIFF", []byte("RIFF\x00\x00\x00\x00AVI LIST"), "not a WAV file"},
		{"no chunks", riff(), "no data chunk"},
		{"no data", riff(chunk("fmt ", format(1, 1, 8000, 16))), "no data chunk"},
		{"a chunk beyond the end", riff(chunk("LIST", nil)[:4], []byte{255, 255, 255, 255, 1}), "no data chunk"},
		{"data before format", riff(data, chunk("fmt ", format(1, 1, 8000, 16))), "no fmt chunk"},
		{"format cut short", riff(chunk("fmt ", format(1, 1, 8000, 16)))[:30], "ends within its format"},
		{"format too small", riff(chunk("fmt ", make([]byte, 14)), data), "14 bytes"},
		{"extensible too small", riff(chunk("fmt ", format(0xFFFE, 1, 8000, 16)), data), "extensible"},
		{"MP3 inside", riff(chunk("fmt ", format(0x55, 1, 8000, 16)), data), "MP3"},
		{"ADPCM", riff(chunk("fmt ", format(0x11, 1, 8000, 4)), data), "ADPCM with 4 bits"},
		{"12 bits", riff(chunk("fmt ", format(1, 1, 8000, 12)), data), "PCM with 12 bits"},
		{"no channel", riff(chunk("fmt ", format(1, 0, 8000, 16)), data), "0 channels"},
		{"many channels", riff(chunk("fmt ", format(1, 33, 8000, 16)), data), "33 channels"},
		{"slow", riff(chunk("fmt ", format(1, 1, 3999, 16)), data), "3999 Hz"},
		{"fast", riff(chunk("fmt ", format(1, 1, 192001, 16)), data), "192001 Hz"},
		{"odd blocks", riff(chunk("fmt ", append(format(1, 1, 8000, 16)[:12], 3, 0, 16, 0)), data), "blocks of 3 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := audio.ReadWAV(bytes.NewReader(test.file), time.Minute)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestWAVLongerThanItsLimitIsRefused(t *testing.T) {
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 8000, make([]int16, 8001)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := audio.ReadWAV(bytes.NewReader(file.Bytes()), time.Second); err == nil || !strings.Contains(err.Error(), "longer than 1s") {
		t.Errorf("got %v", err)
	}
	if samples, _, err := audio.ReadWAV(bytes.NewReader(file.Bytes()[:44+16000]), time.Second); err != nil || len(samples) != 8000 {
		t.Errorf("exactly a second: %d samples, %v", len(samples), err)
	}
}

func TestWAVReaderPassesItsSourcesErrors(t *testing.T) {
	broken := errors.New("connection lost")
	file := riff(chunk("fmt ", format(1, 1, 8000, 16)), chunk("data", make([]byte, 100)))
	for cut := range len(file) {
		r := io.MultiReader(bytes.NewReader(file[:cut]), iotest.ErrReader(broken))
		if _, _, err := audio.ReadWAV(r, time.Minute); !errors.Is(err, broken) {
			t.Errorf("broken after %d bytes: %v", cut, err)
		}
	}
}

func TestWAVIsResampledWhileItIsRead(t *testing.T) {
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 44100, audiotest.Tone(44100, time.Second, -6, 440)); err != nil {
		t.Fatal(err)
	}
	w, err := audio.NewWAVReader(&file, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	samples, err := audio.DecodeAll(w, 16000)
	if err != nil || len(samples) != 16000 || !audiotest.ContainsTone(samples, 16000, 440, 950*time.Millisecond) {
		t.Errorf("%v; heard %s", err, audiotest.Describe(samples, 16000))
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add(riff(chunk("fmt ", format(1, 1, 8000, 16)), chunk("data", little[int16](1, 2, 3))))
	f.Add(riff(chunk("LIST", []byte("odd")), chunk("fmt ", extensible(3, 2, 44100, 32)), withSize(0, make([]byte, 64))))
	f.Add(riff(chunk("fmt ", format(7, 1, 8000, 8)), withSize(0xFFFFFFFF, make([]byte, 9))))
	f.Add(riff(chunk("fmt ", format(1, 6, 192000, 24)), chunk("data", make([]byte, 18*3))))
	f.Fuzz(func(t *testing.T, file []byte) {
		samples, rate, err := audio.ReadWAV(bytes.NewReader(file), time.Second)
		if err != nil {
			if samples != nil {
				t.Error("samples beside an error")
			}
			return
		}
		if rate < 4000 || rate > 192000 || len(samples) > rate || len(samples) > len(file) {
			t.Errorf("%d samples at %d Hz of %d bytes", len(samples), rate, len(file))
		}
	})
}

func BenchmarkReadWAVSecondOf48kHzStereo(b *testing.B) {
	file := riff(chunk("fmt ", format(1, 2, 48000, 16)), chunk("data", make([]byte, 48000*4)))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := audio.ReadWAV(bytes.NewReader(file), time.Minute); err != nil {
			b.Fatal(err)
		}
	}
}
