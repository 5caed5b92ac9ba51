package rtp

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// tone is the peer's, in Hz: neither packets nor gaps are whole periods of it.
const tone = 437.3

// sent is a packet of a simulated peer, with the time at which it arrives.
type sent struct {
	header  header
	payload []byte
	at      float64 // ms
}

// talk is a peer that says a tone in packets of ptime ms; its clock runs
// fast by ppm.
func talk(seconds int, ptime int, ppm float64) []sent {
	return talkOf(codec.PCMU, seconds, ptime, ppm)
}

func talkOf(c codec.Codec, seconds int, ptime int, ppm float64) []sent {
	var packets []sent
	samples, ticks := c.SampleRate/1000*ptime, c.ClockRate/1000*ptime
	pcm, encoder := make([]int16, samples), c.NewEncoder()
	interval := float64(ptime) / (1 + ppm/1e6)
	for i := range seconds * 1000 / ptime {
		for j := range pcm {
			pcm[j] = int16(8000 * math.Sin(2*math.Pi*tone*float64(i*samples+j)/float64(c.SampleRate)))
		}
		payload := make([]byte, max(samples, codec.MaxPayload))
		payload = slices.Clone(payload[:encoder.Encode(payload, pcm)])
		packets = append(packets, sent{
			// The timestamps wrap on the way.
			header{sequence: uint16(65500 + i), timestamp: uint32(i*ticks) - 8000, ssrc: 1},
			payload, 1 + float64(i+1)*interval,
		})
	}
	return packets
}

// heard is what comes of playing packets.
type heard struct {
	pcm                []int16
	silent, concealed  int // frames, after the first sound
	arrivals           [4]int
	deepest, finalWait int // ms
}

func play(packets []sent) heard { return playOf(codec.PCMU, packets) }

func playOf(c codec.Codec, packets []sent) heard {
	var p playout
	p.accept(newDecoding(c))
	slices.SortStableFunc(packets, func(a, b sent) int { return int(math.Copysign(1, a.at-b.at)) })
	var result heard
	var highest uint16
	for tick := 0; len(packets) > 0; tick++ {
		for len(packets) > 0 && packets[0].at <= float64(20*tick) {
			h := packets[0].header
			newest := result.arrivals[stored] == 0 || int16(h.sequence-highest) > 0
			if newest {
				highest = h.sequence
			}
			result.arrivals[p.push(h, 0, packets[0].payload, moment{newest: newest})]++
			packets = packets[1:]
		}
		frame := make([]int16, c.Samples())
		made := p.frame(frame, false)
		if made == nothing {
			clear(frame)
		}
		if len(result.pcm) == 0 && made == nothing {
			continue
		}
		result.pcm = append(result.pcm, frame...)
		switch made {
		case nothing:
			result.silent++
		case invented:
			result.concealed++
		}
		if tick > 50 {
			result.deepest = max(result.deepest, p.depth())
		}
		result.finalWait = p.depth()
	}
	return result
}

// longestHonestStep is the steepest that the tone of talk gets, with G.711's
// error and some for a blend.
const longestHonestStep = 3800

func TestEveryPacketLengthIsHeardWhole(t *testing.T) {
	for _, ptime := range []int{10, 20, 30, 40, 60} {
		got := play(talk(10, ptime, 0))
		if got.concealed+got.silent > 0 || got.arrivals[stored] != 10_000/ptime || longestStep(got.pcm) > longestHonestStep {
			t.Errorf("%d ms: %d concealed, %d silent, arrivals %v, step %d", ptime, got.concealed, got.silent, got.arrivals, longestStep(got.pcm))
		}
		if got.deepest > 40+ptime {
			t.Errorf("%d ms: up to %d ms wait", ptime, got.deepest)
		}
	}
}

func TestOrderIsRestoredAndDuplicatesDropped(t *testing.T) {
	packets := talk(10, 20, 0)
	for i := range packets {
		if i%5 == 4 {
			packets[i].at += 25 // after its successor
		}
		if i%7 == 0 {
			again := packets[i]
			again.at += 5
			packets = append(packets, again)
		}
	}
	got := play(packets)
	if got.concealed > 2 || got.silent > 0 || longestStep(got.pcm) > longestHonestStep {
		t.Errorf("%d concealed, %d silent, step %d", got.concealed, got.silent, longestStep(got.pcm))
	}
	if got.arrivals[duplicate]+got.arrivals[late] < 70 || got.arrivals[stored] < 499 {
		t.Errorf("arrivals %v", got.arrivals)
	}
}

// Twenty minutes in which the peer's clock is 200 ppm fast or slow: 240 ms in all.
func TestDriftDoesNotGrowTheDelay(t *testing.T) {
	for _, ppm := range []float64{-200, 0, 200} {
		got := play(talk(300*len(shorter(1, 2, 3, 4)), 20, ppm))
		if got.deepest > 80 || got.finalWait > 80 {
			t.Errorf("%+.0f ppm: up to %d ms wait, %d at the end", ppm, got.deepest, got.finalWait)
		}
		if got.concealed > 30 || got.silent > 0 || got.arrivals[late]+got.arrivals[overflow] > 0 {
			t.Errorf("%+.0f ppm: %d concealed, %d silent, arrivals %v", ppm, got.concealed, got.silent, got.arrivals)
		}
		if step := longestStep(got.pcm); step > longestHonestStep {
			t.Errorf("%+.0f ppm: a click of %d", ppm, step)
		}
	}
}

// Three hours of packets with 10 ms of jitter from a clock that is 200 ppm off: more than 2 s in all.
func TestHoursOfDriftDoNotGrowTheDelay(t *testing.T) {
	packets := 1200 * audio.FramesPerSecond * len(shorter(1, 2, 3, 4, 5, 6, 7, 8, 9))
	for _, ppm := range []float64{-200, 200} {
		var p playout
		p.accept(newDecoding(codec.PCMU))
		random, payload, frame := rand.New(rand.NewPCG(3, 4)), make([]byte, 160), make([]int16, 160)
		due := func(i int) float64 { return float64(i)*20/(1+ppm/1e6) + 10*random.Float64() }
		counts, deepest, tick := [4]int{}, 0, 0
		for i, at := 0, due(0); i < packets; tick++ {
			for ; i < packets && at <= float64(20*tick); i, at = i+1, due(i+1) {
				counts[p.push(header{sequence: uint16(i), timestamp: uint32(160 * i)}, 0, payload, moment{newest: true})]++
			}
			p.frame(frame, false)
			if tick > 500 {
				deepest = max(deepest, p.depth())
			}
		}
		if deepest > 120 || p.depth() > 100 || counts[stored] != packets {
			t.Errorf("%+.0f ppm: up to %d ms wait, %d at the end, arrivals %v", ppm, deepest, p.depth(), counts)
		}
	}
}

// What a fast clock makes too much is left out where nobody hears it: a tone has
// neither gap nor jump.
func TestDelayShrinksUnheard(t *testing.T) {
	for _, c := range shorter(codec.PCMU, codec.G722) {
		got := playOf(c, talkOf(c, 250, 20, 200))
		if played := 250 - float64(len(got.pcm))/float64(c.SampleRate); played < 0.03 || played > 0.12 {
			t.Errorf("%s: %.0f ms were left out of 250 s, want 50", c.Name, 1000*played)
		}
		if breaks := audiotest.Breaks(got.pcm[c.SampleRate/10:], c.SampleRate, tone); len(breaks) > 0 {
			t.Errorf("%s: %v", c.Name, breaks)
		}
	}
}

// The same where a slow clock, or a late packet, makes the delay longer.
func TestDelayGrowsUnheard(t *testing.T) {
	for _, c := range shorter(codec.PCMU, codec.G722) {
		slow, longer, overtaken := talkOf(c, 250, 20, -200), talkOf(c, 60, 20, 0), talkOf(c, 60, 20, 0)
		for i := range longer[1000:] {
			longer[1000+i].at += float64(15 + i/500*15) // the way becomes longer
		}
		for i := 1050; i < len(overtaken); i += 97 {
			overtaken[i].at += 70 // their places are filled, until the delay is longer
		}
		for name, packets := range map[string][]sent{"slow": slow, "longer": longer, "overtaken": overtaken} {
			got := playOf(c, packets)
			if got.concealed < 2 || got.arrivals[late] > 5 {
				t.Errorf("%s, %s: %d frames were invented, arrivals %v", c.Name, name, got.concealed, got.arrivals)
			}
			breaks := slices.DeleteFunc(audiotest.Breaks(got.pcm[c.SampleRate/10:], c.SampleRate, tone), func(b audiotest.Break) bool {
				return name == "overtaken" && math.Abs(b.Jump) < 0.02 && b.Level > -3 // what is invented fades a little
			})
			if len(breaks) > 0 {
				t.Errorf("%s, %s: %v", c.Name, name, breaks)
			}
		}
	}
}

func TestDelayGrowsWithTheNetworksAndShrinksAgain(t *testing.T) {
	packets := talk(60, 20, 0)
	random := rand.New(rand.NewPCG(1, 2))
	last := 0.0
	for i := range packets {
		if at := packets[i].at; at > 10_000 && at < 20_000 {
			packets[i].at += 80 * random.Float64()
		}
		packets[i].at = max(packets[i].at, last) // queues keep order
		last = packets[i].at
	}
	got := play(packets)
	if got.deepest < 80 || got.deepest > 200 {
		t.Errorf("up to %d ms wait under 80 ms of jitter", got.deepest)
	}
	if got.concealed+got.silent > 15 || got.arrivals[late] > 5 {
		t.Errorf("%d frames concealed, %d silent, arrivals %v", got.concealed, got.silent, got.arrivals)
	}
	if got.finalWait > 60 {
		t.Errorf("%d ms wait long afterwards", got.finalWait)
	}
}

func TestBurstAfterAStallIsCaughtUp(t *testing.T) {
	packets := talk(20, 20, 0)
	for i := range packets {
		if at := packets[i].at; at > 5000 && at < 6000 {
			packets[i].at = 6000 // a second of sound at once
		}
	}
	got := play(packets)
	if got.deepest > maxDepth+20 || got.finalWait > 100 {
		t.Errorf("up to %d ms wait, %d at the end", got.deepest, got.finalWait)
	}
	if len(got.pcm) < 8*19_000 {
		t.Errorf("only %d ms were played", len(got.pcm)/8)
	}
}

func TestLossIsConcealed(t *testing.T) {
	packets := talk(10, 20, 0)
	for i := 20; i < len(packets); i += 19 {
		packets = slices.Delete(packets, i, i+1)
	}
	got := play(packets)
	if got.concealed < 20 || got.concealed > 30 || got.silent > 0 {
		t.Errorf("%d frames concealed, %d silent", got.concealed, got.silent)
	}
	if step := longestStep(got.pcm); step > longestHonestStep {
		t.Errorf("a click of %d", step)
	}
	for at := 0; at+800 <= len(got.pcm); at += 800 {
		if level := loudness(got.pcm[at : at+800]); level < 4500 {
			t.Fatalf("a hole at %d ms: level %.0f", at/8, level)
		}
	}
}

func TestLongLossFadesOutAndBackIn(t *testing.T) {
	packets := talk(4, 20, 0)
	packets = slices.Delete(packets, 50, 100)
	got := play(packets)
	if got.concealed > 5 || got.silent < 40 {
		t.Errorf("%d frames concealed, %d silent", got.concealed, got.silent)
	}
	if step := longestStep(got.pcm); step > longestHonestStep {
		t.Errorf("a click of %d", step)
	}
	if got.finalWait > 80 {
		t.Errorf("%d ms wait afterwards", got.finalWait)
	}
}

func TestTimestampJumpsAreFollowed(t *testing.T) {
	for _, jump := range []int32{1 << 30, -(1 << 30), 16_000, -16_000, -1600, 2400} {
		packets := talk(10, 20, 0)
		for i := 250; i < len(packets); i++ {
			packets[i].header.timestamp += uint32(jump)
		}
		got := play(packets)
		if got.arrivals[late] > 2 || got.concealed+got.silent > 12 {
			t.Errorf("jump of %d: %d concealed, %d silent, arrivals %v", jump, got.concealed, got.silent, got.arrivals)
		}
		if got.deepest > maxDepth || len(got.pcm) < 8*9700 {
			t.Errorf("jump of %d: up to %d ms wait, %d ms played", jump, got.deepest, len(got.pcm)/8)
		}
	}
}

func TestPauseOfThePeerIsNoLoss(t *testing.T) {
	packets := talk(6, 20, 0)
	packets = slices.Delete(packets, 100, 200)
	for i := 100; i < len(packets); i++ {
		packets[i].header.sequence -= 100 // the peer sent nothing
		packets[i].header.marker = i == 100
	}
	got := play(packets)
	if got.arrivals[late] > 0 || got.finalWait > 60 || longestStep(got.pcm) > longestHonestStep {
		t.Errorf("arrivals %v, %d ms wait, step %d", got.arrivals, got.finalWait, longestStep(got.pcm))
	}
}

func TestLatePacketIsPlayedIfNothingTookItsPlace(t *testing.T) {
	var p playout
	p.accept(newDecoding(codec.PCMU))
	packets := talk(1, 20, 0)
	frame := make([]int16, 160)
	for _, packet := range packets[:3] {
		p.push(packet.header, 0, packet.payload, moment{newest: true})
	}
	for range 5 { // two frames more than there are
		p.frame(frame, false)
	}
	if got := p.push(packets[3].header, 0, packets[3].payload, moment{newest: true}); got != stored || p.depth() != 20 {
		t.Errorf("arrival %d, %d ms wait", got, p.depth())
	}
	if made := p.frame(frame, false); made < speech {
		t.Errorf("made %d of the packet", made)
	}
	p.push(packets[5].header, 0, packets[5].payload, moment{newest: true})
	p.frame(frame, false) // conceals the fourth
	if got := p.push(packets[4].header, 0, packets[4].payload, moment{newest: false}); got != late {
		t.Errorf("a packet whose place was filled: arrival %d", got)
	}
}

func loudness(pcm []int16) float64 {
	var energy float64
	for _, sample := range pcm {
		energy += float64(sample) * float64(sample)
	}
	return math.Sqrt(energy / float64(len(pcm)))
}
