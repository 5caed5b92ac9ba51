package compose

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp/codecs"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

var quiet = slog.New(slog.DiscardHandler)

func needFFmpeg(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath(convert.Program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("ffmpeg is not installed")
	}
}

// encoded are the pictures of a source of ffmpeg, one key frame and 25 a second.
func encoded(t testing.TB, source, codec string) (list [][]byte) {
	t.Helper()
	arguments := []string{"-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-g", "9999", "-threads", "1"}
	if codec == "VP8" {
		arguments = append(arguments, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "800k", "-auto-alt-ref", "0", "-lag-in-frames", "0")
		arguments = append(arguments, "-f", "ivf", "-")
	} else {
		arguments = append(arguments, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-bsf:v", "h264_metadata=aud=insert", "-f", "h264", "-")
	}
	text, err := exec.Command(convert.Program, arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	if codec == "H264" { // access unit delimiters begin the pictures (ITU-T H.264 §7.4.1.2.3)
		for _, unit := range bytes.Split(text, []byte{0, 0, 0, 1, 9})[1:] {
			list = append(list, unit[1:])
		}
		return list
	}
	for text = text[32:]; len(text) > 12; {
		size := binary.LittleEndian.Uint32(text)
		list = append(list, text[12:12+size])
		text = text[12+size:]
	}
	return list
}

// storedFile is stored pictures.
type storedFile struct {
	text []byte
	runs int
	fast float64 // by how much the senders' clocks are too fast
}

// add stores pictures that come 25 a second from a time on, as packets.
func (f *storedFile) add(stream int, codec string, list [][]byte, from time.Duration) {
	f.runs++
	f.text = pictures.AppendRun(f.text, pictures.Run{Number: f.runs, Stream: stream, H264: codec == "H264"})
	payload := (&codecs.VP8Payloader{EnablePictureID: true}).Payload
	if codec == "H264" {
		payload = (&codecs.H264Payloader{}).Payload
	}
	seq := uint32(0)
	for i, picture := range list {
		parts := payload(1100, picture)
		for k, part := range parts {
			f.text = pictures.AppendPacket(f.text, &pictures.Packet{
				Run: f.runs, At: from + time.Duration(i)*time.Second/25, Seq: seq, Timestamp: uint32(12345 + int(float64(i)*3600*(1+f.fast))), Marker: k == len(parts)-1, Payload: part,
			})
			seq++
		}
	}
}

func (f *storedFile) scene(at time.Duration, screen *pictures.Tile, tiles ...pictures.Tile) {
	f.text = pictures.AppendScene(f.text, pictures.Scene{At: at, Screen: screen, Tiles: tiles})
}

func (f *storedFile) Size() (int64, error) { return int64(len(f.text)), nil }
func (f *storedFile) Close() error         { return nil }
func (f *storedFile) ReadAt(p []byte, off int64) (int, error) {
	return bytes.NewReader(f.text).ReadAt(p, off)
}

// output keeps a file in memory.
type output struct {
	bytes.Buffer
	closed, discarded int
}

func (o *output) Close() error   { o.closed++; return nil }
func (o *output) Discard() error { o.discarded++; o.Reset(); return nil }

// wav is a WAV file at 16 kHz.
func wav(samples []int16) []byte {
	le := binary.LittleEndian
	b := append([]byte("RIFF"), 0, 0, 0, 0)
	le.PutUint32(b[4:], uint32(36+2*len(samples)))
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data"...)
	b = le.AppendUint32(b, uint32(2*len(samples)))
	for _, s := range samples {
		b = le.AppendUint16(b, uint16(s))
	}
	return b
}

// beeps are 100 ms of 1 kHz in the middle of each second.
func beeps(d time.Duration) (samples []int16) {
	for i := range int(d * 16000 / time.Second) {
		s := int16(0)
		if i%16000 >= 8000 && i%16000 < 9600 {
			s = int16(12000 * math.Sin(2*math.Pi*1000*float64(i)/16000))
		}
		samples = append(samples, s)
	}
	return samples
}

func jobOf(f *storedFile, sound []int16, out *output, from, duration time.Duration) Job {
	return Job{
		Pictures: func() (File, error) { return f, nil },
		Sound:    func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(wav(sound))), nil },
		Output:   func() (convert.Output, error) { return out, nil },
		From:     from, Duration: duration,
	}
}

// made is a file that was composed, decoded.
type made struct {
	frames [][]byte // grey, an eighth of the size
	sound  []int16
}

const small = 8 // by which frames are smaller

func (m *made) brightness(frame int, r pictures.Rect) int {
	sum, n := 0, 0
	for y := r.Y/small + 2; y < (r.Y+r.Height)/small-2; y++ {
		for x := r.X/small + 2; x < (r.X+r.Width)/small-2; x++ {
			sum, n = sum+int(m.frames[frame][y*(pictures.Width/small)+x]), n+1
		}
	}
	return sum / max(n, 1)
}

func compose(t testing.TB, job Job) *made {
	t.Helper()
	return composeBy(t, convert.New(convert.Config{}, quiet), job)
}

func composeBy(t testing.TB, pool *convert.Pool, job Job) *made {
	t.Helper()
	out := &output{}
	job.Output = func() (convert.Output, error) { return out, nil }
	if err := New(Config{Pool: pool}, quiet).Compose(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	if out.closed != 1 {
		t.Errorf("closed %d times, discarded %d times", out.closed, out.discarded)
	}
	file := filepath.Join(t.TempDir(), "a.mp4")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if keep := os.Getenv("SWITCHHOOK_KEEP_MP4"); keep != "" {
		_ = os.WriteFile(filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "_")+".mp4"), out.Bytes(), 0o600)
	}
	about, err := exec.Command("ffprobe", "-v", "error", "-show_streams", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, member := range []string{"codec_name=h264", "width=1920", "height=1080", "r_frame_rate=16/1", "codec_name=aac", "sample_rate=16000", "channels=1"} {
		if !strings.Contains(string(about), "\n"+member+"\n") {
			t.Errorf("%s is missing in\n%s", member, about)
		}
	}
	m := &made{}
	// Both begin at zero of the file, whatever its streams do.
	grey, err := exec.Command(convert.Program, "-v", "error", "-copyts", "-i", file, "-vf", fmt.Sprintf("fps=16:start_time=0,scale=iw/%d:ih/%d:flags=area,format=gray", small, small), "-f", "rawvideo", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for size := pictures.Width / small * pictures.Height / small; len(grey) >= size; grey = grey[size:] {
		m.frames = append(m.frames, grey[:size])
	}
	pcm, err := exec.Command(convert.Program, "-v", "error", "-copyts", "-i", file, "-af", "aresample=async=1:first_pts=0", "-f", "s16le", "-ac", "1", "-ar", "16000", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	for ; len(pcm) > 1; pcm = pcm[2:] {
		m.sound = append(m.sound, int16(binary.LittleEndian.Uint16(pcm)))
	}
	return m
}

// begins are the times at which something is on that was off.
func begins(n int, on func(int) bool, each time.Duration) (list []time.Duration) {
	for i := range n {
		if on(i) && (i == 0 || !on(i-1)) {
			list = append(list, time.Duration(i)*each)
		}
	}
	return list
}

// flashes is a source that is white for 120 ms in the middle of each second.
const flashes = "color=c=gray:s=640x360:r=25:d=%d,drawbox=c=white:t=fill:enable='lt(mod(t+0.5,1),0.11)'"

// TestPicturesAndSoundAgree: flashes are seen when beeps are heard, within 40 ms, of VP8
// and of H.264. SWITCHHOOK_MOVIE_SECONDS makes a longer one.
func TestPicturesAndSoundAgree(t *testing.T) {
	needFFmpeg(t)
	seconds := 6
	if text := os.Getenv("SWITCHHOOK_MOVIE_SECONDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		seconds = n
	}
	for _, codec := range []string{"VP8", "H264"} {
		t.Run(codec, func(t *testing.T) {
			f := &storedFile{fast: 100e-6}
			ann := pictures.Tile{Who: "8:acs:a_b", Name: "Ann Lee", Stream: 1}
			const from = time.Hour
			f.scene(from, nil, ann)
			f.add(1, codec, encoded(t, fmt.Sprintf(flashes, seconds), codec), from)
			duration := time.Duration(seconds) * time.Second
			m := compose(t, jobOf(f, beeps(duration), nil, from, duration))
			if n := seconds * pictures.FrameRate; len(m.frames) < n-1 || len(m.frames) > n+2 {
				t.Errorf("%d frames", len(m.frames))
			}
			_, tiles := (&pictures.Scene{Tiles: []pictures.Tile{ann}}).Layout()
			seen := begins(len(m.frames), func(i int) bool { return m.brightness(i, tiles[0]) > 180 }, time.Second/pictures.FrameRate)
			heard := begins(len(m.sound)/80, func(i int) bool { return loud(m.sound[i*80 : i*80+80]) }, 5*time.Millisecond)
			if len(seen) != seconds || len(heard) != seconds {
				t.Fatalf("seen at %v, heard at %v", seen, heard)
			}
			worst := time.Duration(0)
			for i := range seen {
				off := seen[i] - heard[i]
				worst = max(worst, off.Abs())
				if off.Abs() > 40*time.Millisecond {
					t.Errorf("flash %d is seen at %v and heard at %v", i, seen[i], heard[i])
				}
			}
			t.Logf("at most %v apart", worst)
		})
	}
}

func loud(samples []int16) bool {
	for _, s := range samples {
		if s > 4000 {
			return true
		}
	}
	return false
}

// TestLayoutFollowsTheCall: two people, one of whom shares a screen, and leaves.
func TestLayoutFollowsTheCall(t *testing.T) {
	needFFmpeg(t)
	f := &storedFile{}
	ann := pictures.Tile{Who: "8:acs:a_b", Name: "Ann Lee", Stream: 1}
	phone := pictures.Tile{Who: "4:+15551230001"}
	bob := pictures.Tile{Who: "8:acs:c_d", Name: "Bob", Stream: 2}
	screen := pictures.Tile{Who: bob.Who, Name: "Bob", Stream: 3}
	f.scene(0, nil, ann, phone)
	f.add(1, "VP8", encoded(t, "color=c=white:s=320x180:r=25:d=6", "VP8"), 0)
	f.scene(2*time.Second, nil, ann, phone, bob)
	f.add(2, "VP8", encoded(t, "color=c=white:s=640x360:r=25:d=4", "VP8"), 2100*time.Millisecond)
	f.scene(3*time.Second, &screen, ann, phone, bob)
	f.add(3, "VP8", encoded(t, "color=c=white:s=1280x720:r=25:d=1", "VP8"), 3100*time.Millisecond)
	f.scene(5*time.Second, nil, phone)
	m := compose(t, jobOf(f, beeps(6*time.Second), nil, 0, 6*time.Second))

	two := []pictures.Rect{{X: 0, Y: 270, Width: 960, Height: 540}, {X: 960, Y: 270, Width: 960, Height: 540}}
	three := []pictures.Rect{{X: 0, Y: 0, Width: 960, Height: 540}, {X: 960, Y: 0, Width: 960, Height: 540}, {X: 480, Y: 540, Width: 960, Height: 540}}
	shared := pictures.Rect{X: 0, Y: 108, Width: 1536, Height: 864}
	strip := []pictures.Rect{{X: 1536, Y: 0, Width: 384, Height: 216}, {X: 1536, Y: 216, Width: 384, Height: 216}, {X: 1536, Y: 432, Width: 384, Height: 216}}
	for _, look := range []struct {
		at    time.Duration
		where pictures.Rect
		white bool
	}{
		{time.Second, two[0], true}, {time.Second, two[1], false},
		{2700 * time.Millisecond, three[0], true}, {2700 * time.Millisecond, three[1], false}, {2700 * time.Millisecond, three[2], true},
		{4500 * time.Millisecond, shared, true}, // the last picture stays
		{4500 * time.Millisecond, strip[0], true}, {4500 * time.Millisecond, strip[1], false}, {4500 * time.Millisecond, strip[2], true},
		{5500 * time.Millisecond, pictures.Rect{Width: 1920, Height: 1080}, false},
	} {
		got := m.brightness(int(look.at*pictures.FrameRate/time.Second), look.where)
		if (got > 180) != look.white {
			t.Errorf("at %v, %+v has a brightness of %d", look.at, look.where, got)
		}
	}
}

// TestPictureThatIsAloneIsSeen: a run may have one key frame and no more.
func TestPictureThatIsAloneIsSeen(t *testing.T) {
	for _, codec := range []string{"VP8", "H264"} {
		if seen := seesOne(t, codec, "320x180"); !seen {
			t.Errorf("a picture of %s is not seen", codec)
		}
	}
}

// TestHugePicturesAreNotDecoded: they would take the memory of the machine.
func TestHugePicturesAreNotDecoded(t *testing.T) {
	for _, codec := range []string{"VP8", "H264"} {
		if seen := seesOne(t, codec, "5504x3096"); seen {
			t.Errorf("a huge picture of %s is seen", codec)
		}
	}
}

// seesOne reports whether a run of one picture, of a size, is seen.
func seesOne(t *testing.T, codec, size string) bool {
	needFFmpeg(t)
	f := &storedFile{}
	ann := pictures.Tile{Who: "8:acs:a_b", Stream: 1}
	f.scene(0, nil, ann)
	f.add(1, codec, encoded(t, "color=c=white:r=25:d=0.04:s="+size, codec), 0)
	m := compose(t, jobOf(f, beeps(time.Second), nil, 0, time.Second))
	_, tiles := (&pictures.Scene{Tiles: []pictures.Tile{ann}}).Layout()
	return m.brightness(10, tiles[0]) > 180
}
