package e2e

import (
	"fmt"
	"math"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

const (
	pulseEvery = 1500 * time.Millisecond
	pulseLasts = 100 * time.Millisecond
)

// pulse is a beep of 1 kHz at the same moments for all who say it.
func pulse(at time.Time) int16 {
	into := time.Duration(at.UnixNano() % int64(pulseEvery))
	if into >= pulseLasts {
		return 0
	}
	return int16(12000 * math.Sin(2*math.Pi*1000*into.Seconds()))
}

// TestChannelsOfPhonesAreAligned: three phones beep at the same moments. Their packets are
// full at different moments, and one of them has a network that holds packets up by as
// much as 30 ms. In the recording the beeps are at the same place, to 5 ms. What
// a busy machine has held up all packets of a phone by is no fault of the recording, nor
// what it holds up for a part of one: one recording of some shows it.
func TestChannelsOfPhonesAreAligned(t *testing.T) {
	t.Parallel()
	far, err := siptest.New(siptest.Config{User: farNumber, Clocks: []siptest.Clock{
		{Say: pulse, Phase: 13 * time.Millisecond, Jitter: 30 * time.Millisecond}, {Say: pulse, Phase: 6 * time.Millisecond},
	}})
	must(t, err)
	t.Cleanup(far.Close)
	p := start(t, setup{trunk: far.Addr().(*net.UDPAddr).Port})
	a := startAgent(p, application{})
	subscribeRecordings(p, a)
	near, err := siptest.New(siptest.Config{Server: p.addresses.SIP, User: phoneNumber, Clocks: []siptest.Clock{{Say: pulse, Phase: time.Millisecond}}})
	must(t, err)
	t.Cleanup(near.Close)
	c, first := a.answered(near)
	phones := map[string]*siptest.Call{caller: first}
	for _, number := range []string{farNumber, "+15550199778"} {
		c.do("add", values{"target": "4:" + number, "callerNumber": ourNumber, "operationContext": number}, nil)
		called, err := far.Next(within(t, 10*time.Second))
		must(t, err)
		must(t, called.Answer())
		c.gotFor(number, "AddParticipantSucceeded")
		phones["4:"+number] = called
	}
	var why error
	for range 5 {
		if why = beepsAreAligned(c, phones); why == nil {
			return
		}
		t.Log(why)
	}
	t.Error(why)
}

// beepsAreAligned records the phones, and says how far apart their beeps are.
func beepsAreAligned(c connection, phones map[string]*siptest.Call) error {
	t, a := c.t, c.agent
	t.Helper()
	r := a.record(values{"connection": c.id, "channel": "unmixed"})
	r.states(1)
	began := time.Now()
	time.Sleep(12 * time.Second)
	ended := time.Now()
	r.do("stopRecording")
	chunk := r.file().RecordingStorageInfo.RecordingChunks[0]
	wav, err := a.fetch(chunk.ContentLocation, 0, 0)
	must(t, err)
	channels := channelsOf(t, wav)
	places := a.describe(chunk.MetadataLocation).channels()
	if len(places) != len(phones) || len(channels) != len(phones) {
		t.Fatalf("the channels are of %v", places)
	}
	var onsets [][]float64
	for who, call := range phones {
		held := call.Fastest(began.Add(-4*time.Second), ended).Seconds() * 1000
		found := pulsesOf(channels[places[who]])
		t.Logf("%s, channel %d: packets were sent %.1f ms after they were full at least, the beeps are at %.1f ms", who, places[who], held, found)
		if len(found) == 0 {
			t.Fatal("a phone is not heard")
		}
		for i := range found {
			found[i] -= held
		}
		onsets = append(onsets, found)
	}
	apart := spread(onsets)
	t.Logf("the beeps are %.1f ms apart", apart)
	if len(apart) < 5 || median(apart) > 5 {
		return fmt.Errorf("the beeps are %.1f ms apart", apart)
	}
	return nil
}

// spread is how many ms lie between the first and the last beep of each moment at which all beeped.
func spread(onsets [][]float64) (apart []float64) {
	for _, at := range onsets[0] {
		least, most := at, at
		for _, others := range onsets[1:] {
			closest := slices.MinFunc(others, func(a, b float64) int { return int(math.Abs(a-at)*100) - int(math.Abs(b-at)*100) })
			least, most = min(least, closest), max(most, closest)
		}
		if most-least < 500 { // all of them are heard
			apart = append(apart, most-least)
		}
	}
	return apart
}

// pulsesOf are the moments in ms at which beeps begin.
func pulsesOf(channel []int16) (at []float64) {
	silent := recordingRate
	for i, s := range channel {
		switch {
		case s < 2000 && s > -2000:
			silent++
		case silent > recordingRate/2 && i > recordingRate/2:
			at = append(at, float64(i)*1000/recordingRate)
			silent = 0
		default:
			silent = 0
		}
	}
	return at
}
