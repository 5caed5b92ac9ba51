package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
	"time"
)

// vp8 are the payloads of a picture of VP8 with some content, in pieces of five bytes.
func vp8(key bool, content byte) (payloads [][]byte) {
	picture := bytes.Repeat([]byte{content}, 12)
	picture[0] = 1
	if key {
		picture[0] = 0
	}
	for i := 0; i < len(picture); i += 5 {
		descriptor := byte(0)
		if i == 0 {
			descriptor = 0x10
		}
		payloads = append(payloads, append([]byte{descriptor}, picture[i:min(i+5, len(picture))]...))
	}
	return payloads
}

// storedFile is a file of one run.
type storedFile struct {
	bytes []byte
	seq   uint32
	lose  map[uint32]bool
	waits time.Duration
}

func newStoredFile() *storedFile {
	return &storedFile{bytes: AppendRun(nil, Run{Number: 1, Stream: 7}), seq: 0xfffffff0}
}

func (f *storedFile) picture(key bool, content byte, timestamp uint32, at time.Duration) {
	payloads := vp8(key, content)
	for i, payload := range payloads {
		if !f.lose[f.seq] {
			f.bytes = AppendPacket(f.bytes, &Packet{Run: 1, At: at, Waits: f.waits, Seq: f.seq, Timestamp: timestamp, Marker: i == len(payloads)-1, Payload: payload})
		}
		f.seq++
	}
}

func (f *storedFile) frames(t *testing.T) (list []Frame) {
	t.Helper()
	survey, err := SurveyOf(bytes.NewReader(f.bytes), int64(len(f.bytes)))
	if err != nil || len(survey.Spans) != 1 {
		t.Fatalf("%+v, %v", survey, err)
	}
	frames := NewFrames(bytes.NewReader(f.bytes), survey.Spans[0])
	for {
		frame, err := frames.Next()
		if errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, frame)
	}
}

// contents names the frames by their content; key frames are capital.
func contents(list []Frame) (text string) {
	for _, f := range list {
		c := f.Data[1]
		if f.Key {
			c -= 'a' - 'A'
		}
		text += string(c)
	}
	return text
}

func TestEntriesAreReadAsTheyWereWritten(t *testing.T) {
	want := []any{
		Scene{At: 1500 * time.Microsecond, Screen: &Tile{Who: "8:acs:a_b", Name: "Ann", Stream: 3}, Tiles: []Tile{{Who: "4:+15551230001"}, {Who: "x", Stream: 1}}},
		Run{Number: 1, Stream: 3, H264: true},
		&Packet{Run: 1, At: time.Hour, Waits: 35 * time.Millisecond, Seq: 7, Timestamp: 0xffffffff, Marker: true, Payload: []byte{1, 2, 3}},
		&Packet{Run: 1, At: time.Hour, Seq: 8, Payload: []byte{}},
	}
	var text []byte
	var ends []int
	for _, entry := range want {
		switch e := entry.(type) {
		case Scene:
			text = AppendScene(text, e)
		case Run:
			text = AppendRun(text, e)
		case *Packet:
			text = AppendPacket(text, e)
		}
		ends = append(ends, len(text))
	}
	for cut := range len(text) + 1 { // a crash may come at any byte
		r := NewReader(bytes.NewReader(text), 0, int64(cut))
		for i, entry := range want {
			got, err := r.Next()
			if ends[i] > cut {
				if err != io.EOF {
					t.Fatalf("%d bytes: entry %d is %+v, %v", cut, i, got, err)
				}
				break
			}
			if err != nil || !reflect.DeepEqual(got, entry) || r.Offset() != int64(ends[i]) {
				t.Fatalf("%d bytes: entry %d is %+v, %v at %d, want %+v", cut, i, got, err, r.Offset(), entry)
			}
		}
	}
}

// TestPicturesGoOnAtAKeyFrameAfterALoss loses packets of six pictures of three packets
// each, of which the first and the fourth are key frames.
func TestPicturesGoOnAtAKeyFrameAfterALoss(t *testing.T) {
	const nothing = 1000
	for lost, want := range map[uint32]string{
		nothing: "AbcDef", 0: "Def", 1: "Def", 2: "Def", 3: "ADef", 5: "ADef", 6: "AbDef", 8: "AbDef", 9: "Abc", 11: "Abc", 12: "AbcD", 17: "AbcDe",
	} {
		f := newStoredFile()
		f.lose = map[uint32]bool{f.seq + lost: true}
		for i := range 6 {
			f.picture(i%3 == 0, byte('a'+i), uint32(i*3000), time.Duration(i)*time.Second/30)
		}
		if got := contents(f.frames(t)); got != want {
			t.Errorf("without packet %d: %s, want %s", lost, got, want)
		}
	}
}

// TestPacketsThatComeLateAreSorted gives the packets of a second in a random order.
func TestPacketsThatComeLateAreSorted(t *testing.T) {
	f := newStoredFile()
	for i := range 26 {
		f.picture(i == 0, byte('a'+i), uint32(i*3000), time.Duration(i)*time.Second/30)
	}
	var packets []Packet
	r := NewReader(bytes.NewReader(f.bytes), 0, int64(len(f.bytes)))
	for {
		entry, err := r.Next()
		if err != nil {
			break
		}
		if p, ok := entry.(*Packet); ok {
			kept := *p
			kept.Payload = bytes.Clone(p.Payload)
			packets = append(packets, kept)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(packets)-1, func(i, j int) { packets[i+1], packets[j+1] = packets[j+1], packets[i+1] })
	f.bytes = AppendRun(nil, Run{Number: 1, Stream: 7})
	for _, p := range packets {
		f.bytes = AppendPacket(f.bytes, &p)
		f.bytes = AppendPacket(f.bytes, &p) // twice
	}
	if got := contents(f.frames(t)); got != "Abcdefghijklmnopqrstuvwxyz" {
		t.Error(got)
	}
}

// TestTimesFollowTheSendersClock sends an hour by a clock that is 100 ppm fast, through a
// path that delays each picture by up to 80 ms: pictures come within 5 ms of the delay of
// the fastest.
func TestTimesFollowTheSendersClock(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	f := newStoredFile()
	const perSecond, base = 15, 200 * time.Millisecond
	for i := range 3600 * perSecond {
		at := time.Duration(i) * time.Second / perSecond
		timestamp := uint32(int64(float64(at)*1.0001*90_000/1e9) + 4_000_000_000)
		f.picture(i == 0, 'a', timestamp, base+at+time.Duration(random.Int64N(int64(80*time.Millisecond))))
	}
	list := f.frames(t)
	if len(list) != 3600*perSecond {
		t.Fatalf("%d pictures", len(list))
	}
	worst := time.Duration(0)
	for i, frame := range list {
		off := frame.At - base - time.Duration(i)*time.Second/perSecond
		worst = max(worst, off, -off)
	}
	if t.Logf("at most %v off", worst); worst > 5*time.Millisecond {
		t.Errorf("a picture is %v off", worst)
	}
}

// TestPicturesWaitAsLongAsTheSound does, also where that becomes longer.
func TestPicturesWaitAsLongAsTheSound(t *testing.T) {
	f := newStoredFile()
	for i := range 40 {
		waits := 30 * time.Millisecond
		if i >= 20 {
			waits = 90 * time.Millisecond
		}
		f.waits = waits
		f.picture(i == 0, 'a', uint32(i*3000), time.Duration(i)*time.Second/30)
	}
	for i, frame := range f.frames(t) {
		want := time.Duration(i)*time.Second/30 + 30*time.Millisecond
		if i >= 20 {
			want += 60 * time.Millisecond
		}
		if (frame.At - want).Abs() > time.Millisecond {
			t.Errorf("picture %d is seen at %v, want %v", i, frame.At, want)
		}
	}
}

// TestClocksThatJumpAreNotFollowed: no sender moves its pictures by more than half a
// second before they came, or after.
func TestClocksThatJumpAreNotFollowed(t *testing.T) {
	f := newStoredFile()
	for i := range 40 {
		f.picture(i == 0, 'a', uint32(i*3000+(i/10)*90_000*1000), time.Duration(i)*time.Second/30)
	}
	for i, frame := range f.frames(t) {
		if at := time.Duration(i) * time.Second / 30; frame.At < at-mostEarly-time.Millisecond || frame.At > at+time.Millisecond {
			t.Errorf("picture %d came at %v and is seen at %v", i, at, frame.At)
		}
	}
}

// TestParametersComeWithTheirPicture makes a picture of H.264 of an aggregate and of a
// unit in pieces (RFC 6184 §§5.7.1, 5.8).
func TestParametersComeWithTheirPicture(t *testing.T) {
	text := AppendRun(nil, Run{Number: 1, Stream: 7, H264: true})
	payloads := [][]byte{
		{24, 0, 2, 0x67, 1, 0, 2, 0x68, 2},     // SPS and PPS
		{0x7c, 0x85, 3, 4}, {0x7c, 0x45, 5, 6}, // IDR in two pieces
		{0x41, 9}, // another picture
	}
	for i, payload := range payloads {
		text = AppendPacket(text, &Packet{Run: 1, Seq: uint32(i), Timestamp: uint32(i / 3 * 3000), Marker: i >= 2, Payload: payload})
	}
	list := (&storedFile{bytes: text}).frames(t)
	start := []byte{0, 0, 0, 1}
	want := bytes.Join([][]byte{{}, {0x67, 1}, {0x68, 2}, {0x65, 3, 4, 5, 6}}, start)
	if len(list) != 2 || !list[0].Key || !bytes.Equal(list[0].Data, want) || list[1].Key || !bytes.Equal(list[1].Data, append(start, 0x41, 9)) {
		t.Errorf("%+v", list)
	}
}

// TestUnitThatNeverEndsIsGivenUp: pieces of one unit come for ever (RFC 6184 §5.8), under
// one timestamp.
func TestUnitThatNeverEndsIsGivenUp(t *testing.T) {
	const size = 1 << 10
	piece := append([]byte{0x7c, 0x05}, make([]byte, size)...)
	a := assembler{h264: true}
	held := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := held()
	for range 8 * maxFrame / size {
		a.take(Packet{Timestamp: 1, Payload: piece}, false, nil)
	}
	if after := held(); after > before+2*maxFrame {
		t.Errorf("%d bytes are held", after-before)
	}
	pictures := 0
	done := func(uint32, time.Duration, time.Duration, bool, []byte) { pictures++ }
	a.take(Packet{Timestamp: 2, Marker: true, Payload: []byte{0x65, 1, 2, 3, 4}}, false, done)
	if pictures != 1 {
		t.Errorf("%d pictures come after it", pictures)
	}
}

// FuzzReader: whatever a file holds, reading it ends without a panic.
func FuzzReader(f *testing.F) {
	file := newStoredFile()
	for i := range 3 {
		file.picture(i == 0, 'a', uint32(i*3000), time.Duration(i)*time.Second/30)
	}
	f.Add(AppendScene(file.bytes, Scene{At: time.Second, Tiles: []Tile{{Who: "x"}}}))
	f.Add(binary.AppendUvarint(nil, 1<<40))
	f.Add(AppendPacket(AppendRun(nil, Run{Number: 2, H264: true}), &Packet{Run: 2, Marker: true, Payload: []byte{0x7c, 0x45, 5}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		survey, err := SurveyOf(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		for _, span := range survey.Spans {
			for frames := NewFrames(bytes.NewReader(text), span); ; {
				if _, err := frames.Next(); err != nil {
					break
				}
			}
		}
	})
}
