package convert

import (
	"fmt"
	"time"
)

// Format is a container that is made from WAV, in the words of Call Automation.
type Format string

// The formats, with the rates of the page "Call Recording overview".
const (
	MP3 Format = "mp3" // one channel of 16 kHz, 48 kbit/s
	MP4 Format = "mp4" // the same sound as AAC, over a still picture
)

// Of the files that are made.
const (
	MP3BitRate = 48_000 // bits per second
	MP4BitRate = 64_000 // of the sound
	Width      = 1920   // of the picture, in pixels
	Height     = 1080
	FrameRate  = 1 // of the still picture, in Hz
)

// arguments of ffmpeg, which reads standard input and writes standard output. It may
// open nothing else. length is that of the sound.
func (f Format) arguments(length time.Duration) []string {
	input := []string{"-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe", "-threads", "1", "-f", "wav", "-i", "pipe:0"}
	if f == MP3 {
		return append(input, "-c:a", "libmp3lame", "-b:a", "48k", "-ar", "16000", "-ac", "1", "-write_xing", "0", "-f", "mp3", "pipe:1")
	}
	// A file whose index comes last could not be written into a pipe, so it is in
	// fragments of a minute. -t ends the picture with the sound: with -shortest, ffmpeg left
	// out the end of a sound that came later than its picture, as on a busy machine. The
	// picture is there once for a recording of nothing.
	const least = 40 * time.Millisecond
	return append(input, "-f", "lavfi", "-i", "color=c=black:s=1920x1080:r=1", "-map", "1:v", "-map", "0:a",
		"-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-pix_fmt", "yuv420p", "-g", "60", "-threads", "1",
		"-c:a", "aac", "-b:a", "64k", "-ar", "16000", "-ac", "1", "-t", fmt.Sprintf("%.3f", max(length, least).Seconds()),
		"-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1")
}
