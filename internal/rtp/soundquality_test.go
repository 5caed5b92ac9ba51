package rtp

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
)

// soundQuality names a folder with sounds (WAV, G.722). e2e/quality/measure.py rates
// what becomes of them.
var soundQuality = flag.String("sound-quality", "", "send the WAV and G.722 files of this folder over lossy networks, into its folder heard")

// TestSoundForMeasures sends speech through the whole path of a leg, encoder, network,
// jitter buffer, concealment and decoder, and writes what is heard, for `make quality`.
func TestSoundForMeasures(t *testing.T) {
	if *soundQuality == "" {
		t.Skip("-sound-quality names no folder: this makes files for `make quality`")
	}
	toWAV(t, *soundQuality)
	sounds, err := filepath.Glob(filepath.Join(*soundQuality, "*.wav"))
	if err != nil || len(sounds) == 0 {
		t.Fatalf("no sounds in %s: %v", *soundQuality, err)
	}
	if err := os.MkdirAll(filepath.Join(*soundQuality, "heard"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range sounds {
		said := readSound(t, name)
		writeSound(t, name, said) // as the measures take it
		for _, c := range []codec.Codec{codec.PCMU, codec.G722, codec.Opus} {
			for _, percent := range []float64{0, 1, 5, 10} {
				for _, burst := range []float64{1, 3} {
					if !c.Valid() || percent == 0 && burst > 1 {
						continue
					}
					kind := map[float64]string{1: "random", 3: "bursts"}[burst]
					out := fmt.Sprintf("%s_%s_%s_%v.wav", strings.TrimSuffix(filepath.Base(name), ".wav"), c.Name, kind, percent)
					writeSound(t, filepath.Join(*soundQuality, "heard", out), overLossyNetwork(said, c, percent/100, burst))
				}
			}
		}
	}
}

// mostSound is how much of a sound is rated: what the measures were made for.
const mostSound = 12 * 16_000

// toWAV decodes the G.722 files of a folder, as telephone systems have their prompts.
func toWAV(t *testing.T, folder string) {
	t.Helper()
	prompts, err := filepath.Glob(filepath.Join(folder, "*.g722"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range prompts {
		payload, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		samples := make([]int16, 2*len(payload))
		codec.G722.NewDecoder().Decode(samples, payload)
		writeSound(t, strings.TrimSuffix(name, ".g722")+".wav", samples[:min(len(samples), mostSound)])
	}
}

// overLossyNetwork is what a peer hears of a sound.
func overLossyNetwork(said []int16, c codec.Codec, loss, burst float64) []int16 {
	n := newNetwork(11, func(*route) {}, c)
	n.ab.gilbert = &gilbert{random: rand.New(rand.NewPCG(5, uint64(loss*1000))), loss: loss, burst: burst}
	return n.run(&samplesSource{said}, 16_000, len(said)/320+10)
}

// gilbert is Gilbert's model of a network that loses packets in bursts: a state in
// which all arrive, and one in which none does.
type gilbert struct {
	random *rand.Rand
	loss   float64 // share of the packets
	burst  float64 // mean length of a loss, in packets
	bad    bool
}

// loses reports whether the next packet is lost.
func (g *gilbert) loses() bool {
	switch {
	case g.burst <= 1:
		g.bad = g.random.Float64() < g.loss
	case g.bad:
		g.bad = g.random.Float64() >= 1/g.burst
	default:
		g.bad = g.random.Float64() < g.loss/(1-g.loss)/g.burst
	}
	return g.bad
}

// TestGilbertLosesWhatItShall: the share and the length of the bursts are those asked for.
func TestGilbertLosesWhatItShall(t *testing.T) {
	for _, burst := range []float64{1, 3} {
		g := &gilbert{random: rand.New(rand.NewPCG(1, 2)), loss: 0.05, burst: burst}
		lost, bursts, was := 0, 0, false
		const packets = 200_000
		for range packets {
			is := g.loses()
			if is {
				lost++
				if !was {
					bursts++
				}
			}
			was = is
		}
		if share, length := float64(lost)/packets, float64(lost)/float64(bursts); share < 0.045 || share > 0.055 || length < burst*0.9 || length > burst*1.15 {
			t.Errorf("burst %v: %.3f lost, in bursts of %.2f", burst, share, length)
		}
	}
}

// samplesSource says samples.
type samplesSource struct{ left []int16 }

func (s *samplesSource) ReadFrame(f audio.Frame) bool {
	n := copy(f, s.left)
	clear(f[n:])
	s.left = s.left[n:]
	return n > 0
}

func readSound(t *testing.T, name string) []int16 {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	samples, rate, err := audio.ReadWAV(file, 10*time.Minute)
	if err == nil {
		samples, err = audio.Resample(samples, rate, 16_000)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return samples[:min(len(samples), mostSound)]
}

func writeSound(t *testing.T, name string, samples []int16) {
	t.Helper()
	file, err := os.Create(name)
	if err == nil {
		err = audio.WriteWAV(file, 16_000, samples)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
