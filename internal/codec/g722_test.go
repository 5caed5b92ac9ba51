package codec

import (
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "have ffmpeg write testdata anew")

// g722Signals are sounds of 16 kHz that drive every part of the codec. The first
// is short and lies in testdata.
var g722Signals = []struct {
	name    string
	samples []int16
}{
	{"golden", slices.Concat(sweep(1600, 12000), noise16(800, 3000), make([]int16, 400), sweep(800, 200))},
	{"sweep", sweep(32000, 12000)},
	{"faint sweep", sweep(32000, 90)},
	{"noise", noise16(32000, 8000)},
	{"faint noise", noise16(32000, 3)},
	{"silence", make([]int16, 3200)},
	{"bursts", bursts()},
}

// sweep runs from 50 to 7800 Hz. It has no floating point in its clock, so that
// it is the same everywhere.
func sweep(n int, amplitude float64) []int16 {
	samples, phase := make([]int16, n), uint32(0)
	for i := range samples {
		samples[i] = int16(math.Round(amplitude * math.Sin(2*math.Pi*float64(phase)/(1<<32))))
		phase += uint32(13_421_773 + 2_080_000_000*uint64(i)/uint64(n))
	}
	return samples
}

func noise16(n int, amplitude int) []int16 {
	random := rand.New(rand.NewPCG(7, 22))
	samples := make([]int16, n)
	for i := range samples {
		samples[i] = int16(random.IntN(2*amplitude+1) - amplitude)
	}
	return samples
}

func bursts() []int16 {
	samples := make([]int16, 32000)
	for at := 0; at < len(samples); at += 4000 {
		copy(samples[at:at+1000], sweep(1000, float64(at/2)))
		copy(samples[at+1500:at+1800], noise16(300, 200+at/3))
	}
	return samples
}

func encodeG722(samples []int16) []byte {
	payload, encoder := make([]byte, len(samples)/2), G722.NewEncoder()
	for at := 0; at < len(samples); at += 320 {
		frame := samples[at:min(at+320, len(samples))]
		encoder.Encode(payload[at/2:], frame)
	}
	return payload
}

func decodeG722(payload []byte) []int16 {
	samples, decoder := make([]int16, 2*len(payload)), G722.NewDecoder()
	for at := 0; at < len(payload); at += 160 {
		decoder.Decode(samples[2*at:], payload[at:min(at+160, len(payload))])
	}
	return samples
}

// testdata holds what ffmpeg 5.1 (which has a G.722 of its own)
// makes of the signals: of the first the samples themselves, of the others the
// SHA-256 of its payload, and of what it decodes from that. With ffmpeg there,
// `go test ./internal/codec -run FFmpeg -update` writes them anew.
func TestG722MatchesGoldenFiles(t *testing.T) {
	samples := samplesOf(read(t, "golden.pcm"))
	wantPayload, wantSamples := read(t, "golden.g722"), samplesOf(read(t, "golden.decoded"))
	if len(samples) != 3600 || len(wantPayload) != 1800 {
		t.Fatalf("%d samples and %d bytes in testdata", len(samples), len(wantPayload))
	}
	if got := encodeG722(samples); !slices.Equal(got, wantPayload) {
		t.Errorf("encoding differs from byte %d on", firstDifference(got, wantPayload))
	}
	if got := decodeG722(wantPayload); !slices.Equal(got, wantSamples) {
		t.Errorf("decoding differs from sample %d on", firstDifference(got, wantSamples))
	}
}

// TestG722MatchesGoldenSums needs no ffmpeg.
func TestG722MatchesGoldenSums(t *testing.T) {
	var got strings.Builder
	for _, signal := range g722Signals {
		payload := encodeG722(signal.samples)
		writeSums(&got, signal.name, bytesOf(signal.samples), payload, bytesOf(decodeG722(payload)))
	}
	random := randomPayload()
	writeSums(&got, "random payload", nil, random, bytesOf(decodeG722(random)))
	want := string(read(t, "golden.sums"))
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// writeSums writes a line: the sound, its payload, what that becomes.
func writeSums(w io.Writer, name string, sound, payload, decoded []byte) {
	fmt.Fprintf(w, "%-14s %.8x %x %x\n", strings.ReplaceAll(name, " ", "-"), sha256.Sum256(sound), sha256.Sum256(payload), sha256.Sum256(decoded))
}

func TestG722IsBitExactWithFFmpeg(t *testing.T) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed; TestG722MatchesGoldenSums compares with what it made")
	}
	var sums strings.Builder
	for _, signal := range g722Signals {
		payload := ffmpeg(t, bytesOf(signal.samples), "-f", "s16le", "-ar", "16000", "-ac", "1", "-i", "-", "-c:a", "g722", "-f", "g722", "-")
		decoded := samplesOf(ffmpeg(t, payload, "-f", "g722", "-i", "-", "-f", "s16le", "-"))
		if *update && signal.name == "golden" {
			write(t, "golden.pcm", bytesOf(signal.samples))
			write(t, "golden.g722", payload)
			write(t, "golden.decoded", bytesOf(decoded))
		}
		writeSums(&sums, signal.name, bytesOf(signal.samples), payload, bytesOf(decoded))
		if got := encodeG722(signal.samples); !slices.Equal(got, payload) {
			t.Errorf("%s: encoding differs from byte %d of %d on", signal.name, firstDifference(got, payload), len(payload))
		}
		if got := decodeG722(payload); !slices.Equal(got, decoded) {
			t.Errorf("%s: decoding differs from sample %d of %d on", signal.name, firstDifference(got, decoded), len(decoded))
		}
	}
	random := randomPayload()
	writeSums(&sums, "random payload", nil, random, ffmpeg(t, random, "-f", "g722", "-i", "-", "-f", "s16le", "-"))
	if *update {
		write(t, "golden.sums", []byte(sums.String()))
	}
	if want := string(read(t, "golden.sums")); sums.String() != want {
		t.Errorf("this ffmpeg makes\n%sthe one of testdata made\n%s", sums.String(), want)
	}
}

// Random bytes are what a decoder gets after loss or from a stranger.
func TestG722DecodesWhatNobodyEncoded(t *testing.T) {
	payload := randomPayload()
	quiet := decodeG722(append(payload, encodeG722(make([]int16, 16000))...))
	for i, sample := range quiet[len(quiet)-1600:] {
		if max(sample, -sample) > 64 {
			t.Fatalf("after a second of silence sample %d is %d: the decoder has not recovered", i, sample)
		}
	}
}

func randomPayload() []byte {
	random := rand.New(rand.NewPCG(1, 1))
	payload := make([]byte, 16000)
	for i := range payload {
		payload[i] = byte(random.UintN(256))
	}
	return payload
}

// What is heard must be what was said, 22 samples later, in both bands.
func TestG722KeepsToneAndLevel(t *testing.T) {
	for _, frequency := range []float64{300, 1000, 3000, 5000, 6500} {
		said := make([]int16, 16000)
		for i := range said {
			said[i] = int16(8000 * math.Sin(2*math.Pi*frequency*float64(i)/16000))
		}
		heard := decodeG722(encodeG722(said))
		var signal, noise float64
		for i := 8000; i < 15000; i++ {
			error := float64(heard[i+22]) - float64(said[i])
			signal += float64(said[i]) * float64(said[i])
			noise += error * error
		}
		if ratio := 10 * math.Log10(signal/noise); ratio < 12 {
			t.Errorf("%.0f Hz: the error is only %.1f dB below", frequency, ratio)
		}
	}
}

func FuzzG722(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250}, uint8(3))
	f.Fuzz(func(t *testing.T, payload []byte, room uint8) {
		samples := make([]int16, int(room))
		n := G722.NewDecoder().Decode(samples, payload)
		if n != min(len(samples)&^1, 2*len(payload)) {
			t.Fatalf("%d bytes gave %d samples with room for %d", len(payload), n, room)
		}
		said := samplesOf(payload)
		again := make([]byte, len(said))
		if n := G722.NewEncoder().Encode(again, said); n != len(said)/2 {
			t.Fatalf("%d samples gave %d bytes", len(said), n)
		}
	})
}

func ffmpeg(t *testing.T, input []byte, arguments ...string) []byte {
	t.Helper()
	command := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-v", "error"}, arguments...)...)
	file := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(file, input, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, argument := range command.Args {
		if argument == "-i" {
			command.Args[i+1] = file
		}
	}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v", command.Args, err)
	}
	return output
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("testdata", name), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func bytesOf(samples []int16) []byte {
	var data []byte
	for _, s := range samples {
		data = binary.LittleEndian.AppendUint16(data, uint16(s))
	}
	return data
}

func samplesOf(data []byte) []int16 {
	samples := make([]int16, len(data)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return samples
}

func firstDifference[T comparable](a, b []T) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
