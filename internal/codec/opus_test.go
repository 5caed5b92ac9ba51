package codec

import (
	"bytes"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// needOpus skips where the library is not there. `make test` installs it.
func needOpus(t testing.TB) {
	t.Helper()
	if err := OpusMissing(); err != nil {
		t.Skip(err)
	}
}

// opusFrames encodes a sine, frame by frame.
func opusFrames(t testing.TB, frequency float64, frames, samples int, wishes Wishes) (payloads [][]byte) {
	t.Helper()
	encoder := Opus.NewEncoder()
	encoder.(Configurable).Configure(wishes)
	sound := make([]int16, samples)
	for n := range frames {
		for i := range sound {
			sound[i] = int16(8000 * math.Sin(2*math.Pi*frequency*float64(n*samples+i)/16000))
		}
		payload := make([]byte, MaxPayload)
		size := encoder.Encode(payload, sound)
		if size == 0 {
			t.Fatalf("frame %d of %d samples gave no packet", n, samples)
		}
		payloads = append(payloads, payload[:size])
	}
	return payloads
}

func TestOpusCarriesWidebandSound(t *testing.T) {
	needOpus(t)
	for _, frequency := range []float64{400, 1000, 5000, 7000} {
		for _, ms := range []int{10, 20, 40, 60} {
			decoder, heard := Opus.NewDecoder(), []int16(nil)
			for _, payload := range opusFrames(t, frequency, 50, 16*ms, Wishes{}) {
				if got := Opus.Duration(payload); got != 48*ms {
					t.Fatalf("%d ms last %d units of the clock", ms, got)
				}
				sound := make([]int16, 960)
				n := decoder.Decode(sound, payload)
				if n != 16*ms {
					t.Fatalf("a packet of %d ms gave %d samples", ms, n)
				}
				heard = append(heard, sound[:n]...)
			}
			if share := audiotest.Goertzel(heard[3200:], 16000, frequency); share < 0.9 {
				t.Errorf("%v Hz in packets of %d ms: heard %s", frequency, ms, audiotest.Describe(heard, 16000))
			}
		}
	}
}

// TestOpusRemembersALostPacket asks that a packet with redundancy brings back the
// one before it, and that without it concealment still gives a frame.
func TestOpusRemembersALostPacket(t *testing.T) {
	needOpus(t)
	const lost = 12 // loses its packet, and sounds like neither of its neighbours
	share := func(wishes Wishes) float64 {
		encoder, decoder := Opus.NewEncoder(), Opus.NewDecoder()
		encoder.(Configurable).Configure(wishes)
		sound, payload := make([]int16, 320), make([]byte, MaxPayload)
		for n := range lost + 2 {
			frequency, loudness := 1000.0, 8000.0
			switch {
			case n == lost:
				frequency = 300
			case n > lost:
				frequency = 2500
			case n/3%2 == 0: // it has syllables: there is redundancy for speech alone
				loudness = 300
			}
			for i := range sound {
				sound[i] = int16(loudness * math.Sin(2*math.Pi*frequency*float64(n*320+i)/16000))
			}
			payload = payload[:encoder.Encode(payload[:MaxPayload], sound)]
			if n < lost {
				decoder.Decode(sound, payload)
			}
		}
		if !decoder.(Concealer).Conceal(sound, payload) {
			t.Fatal("nothing was concealed")
		}
		return audiotest.Goertzel(sound, 16000, 300)
	}
	if got := share(Wishes{Redundant: true}); got < 0.3 {
		t.Errorf("with redundancy %.2f of what was lost is heard", got)
	}
	if got := share(Wishes{}); got > 0.1 {
		t.Errorf("without it %.2f: the test proves nothing", got)
	}
}

func TestOpusHeedsWishes(t *testing.T) {
	needOpus(t)
	sum := func(payloads [][]byte) (bytes int) {
		for _, payload := range payloads[10:] {
			bytes += len(payload)
		}
		return bytes / len(payloads[10:])
	}
	usual := sum(opusFrames(t, 440, 60, 320, Wishes{}))
	if frugal := sum(opusFrames(t, 440, 60, 320, Wishes{BitRate: 8000})); frugal*2 > usual {
		t.Errorf("at 8 kbit/s packets have %d bytes, else %d", frugal, usual)
	}
	constant := opusFrames(t, 440, 60, 320, Wishes{Constant: true})
	for _, payload := range constant {
		if len(payload) != len(constant[0]) {
			t.Fatalf("constant bit rate gave %d and %d bytes", len(constant[0]), len(payload))
		}
	}
}

func TestDurationsOfOpusPacketsAreRead(t *testing.T) {
	for _, test := range []struct {
		name    string
		payload []byte
		want    int
	}{
		{"nothing", nil, 0},
		{"SILK, 20 ms", []byte{1 << 3}, 960},
		{"SILK, 60 ms", []byte{11 << 3}, 2880},
		{"two of 60 ms are more than we take", []byte{11<<3 | 1}, 0},
		{"both, 10 ms", []byte{12 << 3}, 480},
		{"CELT, 2.5 ms", []byte{16 << 3}, 120},
		{"CELT, twice 20 ms", []byte{31<<3 | 2}, 1920},
		{"three of 20 ms", []byte{31<<3 | 3, 3}, 2880},
		{"a count that is missing", []byte{31<<3 | 3}, 0},
		{"a count of none", []byte{31<<3 | 3, 0}, 0},
		{"a count of many", []byte{31<<3 | 3, 48}, 0},
	} {
		if got := Opus.Duration(test.payload); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func TestOpusDoesNotAllocate(t *testing.T) {
	needOpus(t)
	encoder, decoder := Opus.NewEncoder(), Opus.NewDecoder()
	sound, payload := make([]int16, 320), make([]byte, MaxPayload)
	if n := testing.AllocsPerRun(100, func() {
		size := encoder.Encode(payload, sound)
		decoder.Decode(sound, payload[:size])
		decoder.(Concealer).Conceal(sound, nil)
	}); n > poolAllocations {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestMissingOpusIsNotValid(t *testing.T) {
	err := OpusMissing()
	named, usable := Named("OPUS")
	if named.Name != "opus" && usable || usable != (err == nil) || Opus.Valid() != usable {
		t.Errorf("named %v, usable %v, valid %v, missing %v", named, usable, Opus.Valid(), err)
	}
	if err != nil && (Opus.NewEncoder() != nil || Opus.NewDecoder() != nil) {
		t.Error("a codec that is missing encodes")
	}
}

// FuzzOpus asks that no packet gives more sound than its duration says.
func FuzzOpus(f *testing.F) {
	needOpus(f)
	for _, payload := range opusFrames(f, 700, 4, 320, Wishes{Redundant: true}) {
		f.Add(payload, payload)
	}
	f.Add([]byte{0x7b, 0xff, 0xff}, []byte{0xff})
	f.Fuzz(func(t *testing.T, payload, following []byte) {
		decoder, sound := Opus.NewDecoder(), make([]int16, 960)
		n := decoder.Decode(sound, payload)
		if duration := Opus.Duration(payload); duration > 0 && n != 0 && n != duration/3 {
			t.Errorf("%d samples, the packet says %d", n, duration/3)
		}
		decoder.(Concealer).Conceal(sound[:320], following)
	})
}

// TestEncoderThatRestedBeginsAnew: with the wishes and the protection that it had, and without
// memory meanwhile.
func TestEncoderThatRestedBeginsAnew(t *testing.T) {
	needOpus(t)
	wishes := Wishes{Redundant: true, Constant: true, BitRate: 16000}
	encoder := Opus.NewEncoder()
	encoder.(Configurable).Configure(wishes)
	fresh := Opus.NewEncoder()
	fresh.(Configurable).Configure(wishes)
	sound := audiotest.Tone(16000, 20*time.Millisecond, -12, 440)
	one, other := make([]byte, MaxPayload), make([]byte, MaxPayload)
	encoder.Encode(one, sound)
	encoder.(Protecting).Protect(20)
	fresh.(Protecting).Protect(20)
	encoder.(Suspendable).Suspend()
	for range 3 {
		if n, m := encoder.Encode(one, sound), fresh.Encode(other, sound); n == 0 || !bytes.Equal(one[:n], other[:m]) {
			t.Fatalf("%x after a rest, %x without a past", one[:n], other[:m])
		}
	}
}

// TestCodersTakeMemoryWhenTheyAreUsed: encoders and decoders of many streams never are.
func TestCodersTakeMemoryWhenTheyAreUsed(t *testing.T) {
	needOpus(t)
	const most = 1 << 10 // bytes
	const many = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range many {
		encoder, decoder := Opus.NewEncoder(), Opus.NewDecoder()
		encoder.(Configurable).Configure(Wishes{Redundant: true})
		decoder.(Resetter).Reset()
	}
	runtime.ReadMemStats(&after)
	if took := (after.TotalAlloc - before.TotalAlloc) / many; took > most {
		t.Errorf("an encoder and a decoder that nobody uses take %d bytes", took)
	}
}
