package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// movie is a file with pictures, decoded.
type movie struct {
	frames [][]byte // 16 a second, grey, an eighth of the size
	sound  []int16
}

const movieWidth, movieHeight, movieRate = 240, 135, 16

// mostLag is how far a flash and its beep may be apart, in the middle of them all. On a
// machine that is not busy it is less than 40 ms; a busy one delays the timers by which
// the page makes flashes, and its encoders.
const mostLag = 0.25 // s

// watchMovie decodes a file after it has looked at its streams.
func watchMovie(t *testing.T, content []byte) (m movie) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "movie.mp4")
	must(t, os.WriteFile(name, content, 0o600))
	if keep := os.Getenv("SWITCHHOOK_KEEP_MP4"); keep != "" {
		must(t, os.WriteFile(filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "_")+".mp4"), content, 0o600))
	}
	about, err := exec.Command("ffprobe", "-v", "error", "-show_streams", name).Output()
	must(t, err)
	for _, member := range []string{"codec_name=h264", "width=1920", "height=1080", "r_frame_rate=16/1", "codec_name=aac", "sample_rate=16000", "channels=1"} {
		if !strings.Contains(string(about), "\n"+member+"\n") {
			t.Errorf("%s is missing in\n%s", member, about)
		}
	}
	grey, err := exec.Command("ffmpeg", "-v", "error", "-copyts", "-i", name, "-vf", "fps=16:start_time=0,scale=240:135:flags=area,format=gray", "-f", "rawvideo", "-").Output()
	must(t, err)
	m.frames = slices.Collect(slices.Chunk(grey, movieWidth*movieHeight))
	pcm, err := exec.Command("ffmpeg", "-v", "error", "-copyts", "-i", name, "-af", "aresample=async=1:first_pts=0", "-f", "s16le", "-ac", "1", "-ar", "16000", "-").Output()
	must(t, err)
	for ; len(pcm) > 1; pcm = pcm[2:] {
		m.sound = append(m.sound, int16(uint16(pcm[0])|uint16(pcm[1])<<8))
	}
	return m
}

// tile is what a frame has in the left or right of two tiles, without the names.
func (m movie) tile(frame int, right bool) (pixels []byte) {
	x := 3
	if right {
		x += movieWidth / 2
	}
	return m.part(frame, x, 37, movieWidth/2-6, 50)
}

// part is what a frame has in a part, in pixels of the small picture.
func (m movie) part(frame, x, y, width, height int) (pixels []byte) {
	for row := y; row < y+height; row++ {
		pixels = append(pixels, m.frames[frame][row*movieWidth+x:row*movieWidth+x+width]...)
	}
	return pixels
}

func brightness(pixels []byte) int {
	sum := 0
	for _, p := range pixels {
		sum += int(p)
	}
	return sum / len(pixels)
}

// flashes are when the left tile becomes white, and beeps when the sound begins.
func (m movie) flashes() (list []time.Duration) {
	for i := 1; i < len(m.frames); i++ {
		if brightness(m.tile(i, false)) > 160 && brightness(m.tile(i-1, false)) <= 160 {
			list = append(list, time.Duration(i)*time.Second/movieRate)
		}
	}
	return list
}

func (m movie) beeps() (list []time.Duration) {
	const step = recordingRate / 200 // 5 ms
	quiet := 100
	for i := 0; i+step <= len(m.sound); i += step {
		if slices.Max(m.sound[i:i+step]) < 2000 {
			quiet++
			continue
		}
		if quiet > 40 {
			list = append(list, time.Duration(i)*time.Second/recordingRate)
		}
		quiet = 0
	}
	return list
}

// moving is in how many frames of a part of the movie a tile differs from the frame
// before.
func (m movie) moving(right bool, from, to int) (n int) {
	for i := max(from, 1); i < min(to, len(m.frames)); i++ {
		a, b := m.tile(i-1, right), m.tile(i, right)
		for k := range a {
			if d := int(a[k]) - int(b[k]); d > 12 || d < -12 {
				n++
				break
			}
		}
	}
	return n
}

// lags are how much later the flashes are seen than the beeps next to them are heard, in
// seconds.
func lags(flashes, beeps []time.Duration) (list []float64) {
	for _, seen := range flashes {
		for _, heard := range beeps {
			if d := seen - heard; d.Abs() < 365*time.Millisecond {
				list = append(list, d.Seconds())
			}
		}
	}
	return list
}
