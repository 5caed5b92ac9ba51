package soundfile

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// contents returns a file of testdata. lame 3.100 and opusenc 0.2 have made them of
// one second of a sine of 440 Hz at a quarter of full scale.
func contents(t testing.TB, name string) []byte {
	t.Helper()
	if strings.HasSuffix(name, ".opus") && codec.OpusMissing() != nil {
		t.Skip("libopus is missing")
	}
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// readAll decodes a file at its own rate.
func readAll(r io.Reader, limit time.Duration) (samples []int16, rate int, err error) {
	file, err := Open(r, limit)
	if err != nil {
		return nil, 0, err
	}
	samples, err = audio.DecodeAll(file, file.Rate())
	return samples, file.Rate(), err
}

// below compares sound with the sine that the files are made of, and returns by how
// many dB what is different lies below it.
func below(samples []int16, rate int) float64 {
	var sine, difference float64
	for i, s := range samples {
		want := 32767 * 0.25 * math.Sin(2*math.Pi*440*float64(i)/float64(rate))
		sine += want * want
		difference += (float64(s) - want) * (float64(s) - want)
	}
	return 10 * math.Log10(sine/difference)
}

// TestFilesAreHeardAsTheyWereMade: neither is heard what encoders put before and
// behind the sound, nor is it moved by a sample.
func TestFilesAreHeardAsTheyWereMade(t *testing.T) {
	tests := []struct {
		file string
		rate int
	}{
		{"stereo-44k-vbr.mp3", 44_100}, // with both ID3 tags
		{"stereo-24k-checksum.mp3", 24_000},
		{"mono.opus", 16_000},
		{"stereo-60ms.opus", 16_000},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			samples, rate, err := readAll(iotest.OneByteReader(bytes.NewReader(contents(t, test.file))), time.Minute)
			if err != nil || rate != test.rate || len(samples) != test.rate {
				t.Fatalf("%d samples at %d Hz, %v; want a second at %d", len(samples), rate, err, test.rate)
			}
			if got := below(samples, rate); got < 25 {
				t.Errorf("what differs from the tone is only %.1f dB below it", got)
			}
		})
	}
}

// TestMP3WithoutATagIsHeardWhole: nobody knows how much the encoder has put around
// the sound.
func TestMP3WithoutATagIsHeardWhole(t *testing.T) {
	file := contents(t, "mono-16k-no-tag.mp3")
	samples, rate, err := readAll(bytes.NewReader(file), time.Minute)
	if err != nil || rate != 16_000 || len(samples) != len(file)/144*576 {
		t.Fatalf("%d samples at %d Hz, %v", len(samples), rate, err)
	}
	const delay = 1105 // LAME's 576, and the decoder's
	if got := below(samples[delay:delay+15_000], rate); got < 20 {
		t.Errorf("what differs from the tone is only %.1f dB below it", got)
	}
}

func TestDurationIsWhatTheHeaderTells(t *testing.T) {
	pcm := wavFile(t, make([]int16, 8000))
	tests := []struct {
		name string
		file []byte
		size int64
		want time.Duration
	}{
		{"MP3 with a tag", contents(t, "stereo-44k-vbr.mp3"), -1, time.Second},
		{"MP3 without one", contents(t, "mono-16k-no-tag.mp3"), 4320, 0},
		{"Opus", contents(t, "mono.opus"), 5200, 0},
		{"WAV of known size", pcm, 8000, 500 * time.Millisecond},
		{"WAV", pcm, -1, time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, err := Open(bytes.NewReader(test.file), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			if d, known := file.Duration(test.size); known != (test.want > 0) || (d-test.want).Abs() > time.Millisecond {
				t.Errorf("%v, %v; want %v", d, known, test.want)
			}
		})
	}
}

func wavFile(t testing.TB, samples []int16) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := audio.WriteWAV(&file, 8000, samples); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestBadFilesSayWhatIsWrong(t *testing.T) {
	mp3, opus := contents(t, "stereo-44k-vbr.mp3"), contents(t, "mono.opus")
	damaged := bytes.Clone(opus)
	damaged[300] ^= 1
	vorbis := bytes.Clone(opus)
	copy(vorbis[28:], "\x01vorbis")
	resum(vorbis)
	surround := bytes.Clone(opus)
	surround[28+18] = 1
	resum(surround)
	free := bytes.Clone(contents(t, "mono-16k-no-tag.mp3"))
	free[2] &= 0x0F
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "not a WAV file"},
		{"a page", []byte("<!DOCTYPE html>"), "not a WAV file"},
		{"a tag alone", mp3[:8], "MP3 file has no frames"},
		{"a tag that is cut", []byte("ID3\x04\x00\x00\x00\x7F\x7F\x7F"), "ends within its tag"},
		{"no frames", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"), make([]byte, 100<<10)...), "no frames that follow each other"},
		{"8 kHz", contents(t, "mono-8k.mp3"), "8000 Hz (MPEG 2.5)"},
		{"free format", free, "free format"},
		{"Ogg that is cut", opus[:20], "ends before its sound"},
		{"Ogg that is damaged", damaged, "checksum"},
		{"Ogg of another codec", vorbis, "no Opus"},
		{"Opus of many channels", surround, "mapping family 1"},
		{"Ogg with something between its pages", append(bytes.Clone(opus[:47]), make([]byte, 30)...), "between its pages"},
		{"too long", wavFile(t, make([]int16, 800_001)), "longer than 1m40s"},
		{"too long as MP3", bytes.Repeat(contents(t, "mono-16k-no-tag.mp3"), 98), "longer than 1m40s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			samples, _, err := readAll(bytes.NewReader(test.file), 100*time.Second)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%d samples, %v; want %q", len(samples), err, test.want)
			}
		})
	}
}

// resum gives the first page of an Ogg file its checksum.
func resum(file []byte) {
	clear(file[22:26])
	sum := oggSum(0, file[:47])
	for i := range 4 {
		file[22+i] = byte(sum >> (8 * i))
	}
}

// TestWhatIsCutEndsThere cuts each file short: what came is heard. Of Ogg that are
// whole pages, and these have most of a second.
func TestWhatIsCutEndsThere(t *testing.T) {
	for name, least := range map[string]int{"stereo-44k-vbr.mp3": 30_000, "mono-16k-no-tag.mp3": 10_000, "mono.opus": 0, "stereo-60ms.opus": 0} {
		file := contents(t, name)
		samples, rate, err := readAll(bytes.NewReader(file[:len(file)*3/4]), time.Minute)
		if err != nil || len(samples) < least || len(samples) >= rate {
			t.Errorf("%s: %d samples, %v", name, len(samples), err)
		}
	}
}

// TestDamagedFramesAreLeftOut damages the middle of an MP3 file; the rest is heard.
func TestDamagedFramesAreLeftOut(t *testing.T) {
	file := bytes.Clone(contents(t, "mono-16k-no-tag.mp3"))
	whole, _, _ := readAll(bytes.NewReader(file), time.Minute)
	for i := 5*144 + 4; i < 7*144; i++ {
		file[i] = 0xA7
	}
	copy(file[7*144:], "ID3\x04\x00\x00\x7F\x7F\x7F\x7F") // a tag of 256 MB in place of a header
	samples, _, err := readAll(bytes.NewReader(file), time.Minute)
	if err != nil || len(samples) < len(whole)*3/4 {
		t.Errorf("%d samples of %d, %v", len(samples), len(whole), err)
	}
}

// TestBrokenReaderIsTold: what the reader says is not taken for a fault of the file.
func TestBrokenReaderIsTold(t *testing.T) {
	broken := errors.New("the connection broke")
	for _, name := range []string{"stereo-44k-vbr.mp3", "mono-16k-no-tag.mp3", "mono.opus"} {
		file := contents(t, name)
		for _, at := range []int{2, 40, 200, 1000, 3000} {
			_, _, err := readAll(io.MultiReader(bytes.NewReader(file[:at]), iotest.ErrReader(broken)), time.Minute)
			if !errors.Is(err, broken) {
				t.Errorf("%s, broken at %d: %v", name, at, err)
			}
		}
	}
}

// TestFramesOfEveryPacket cuts packets of each code of RFC 6716 §3.2.
func TestFramesOfEveryPacket(t *testing.T) {
	tests := []struct {
		name   string
		packet string
		want   []string
	}{
		{"one", "\x08abc", []string{"\x08abc"}},
		{"one, of nothing", "\x08", []string{"\x08"}},
		{"two of a size", "\x09abcd", []string{"\x08ab", "\x08cd"}},
		{"two of a size, odd", "\x09abc", nil},
		{"two", "\x0A\x01abc", []string{"\x08a", "\x08bc"}},
		{"two, too short", "\x0A\x05abc", nil},
		{"three of a size", "\x0B\x03abcdef", []string{"\x08ab", "\x08cd", "\x08ef"}},
		{"three", "\x0B\x83\x01\x02abbccc", []string{"\x08a", "\x08bb", "\x08ccc"}},
		{"padded", "\x0B\x42\x03ab\x00\x00\x00", []string{"\x08a", "\x08b"}},
		{"padded beyond its end", "\x0B\x42\x09ab\x00\x00\x00", nil},
		{"none", "\x0B\x00", nil},
		{"nothing", "", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var c opusCut
			var got []string
			for c.open([]byte(test.packet)); c.next(); {
				got = append(got, string(c.frame()))
			}
			if strings.Join(got, "|") != strings.Join(test.want, "|") {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"stereo-44k-vbr.mp3", "stereo-24k-checksum.mp3", "mono-16k-no-tag.mp3", "mono-8k.mp3"} {
		f.Add(contents(f, name)[:700])
	}
	if codec.OpusMissing() == nil {
		f.Add(contents(f, "mono.opus")[:1000])
	}
	f.Add(wavFile(f, make([]int16, 100)))
	f.Fuzz(func(t *testing.T, file []byte) {
		const limit = time.Second
		samples, rate, err := readAll(bytes.NewReader(file), limit)
		if err == nil && len(samples) > rate {
			t.Errorf("%d samples at %d Hz", len(samples), rate)
		}
	})
}
