package compose

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// BitRate is that of the picture at most, in bits per second, and SoundRate that of the
// sound.
const (
	BitRate   = 1_000_000
	SoundRate = convert.MP4BitRate
)

// encoder is the process that makes the file.
type encoder struct {
	child  *exec.Cmd
	frames io.WriteCloser
	said   convert.Said
	out    *checked
	sound  chan error
}

// startEncoder begins a file of the frames that follow and of a WAV file.
func startEncoder(ctx context.Context, program string, sound io.Reader, out io.Writer) (*encoder, error) {
	e := &encoder{out: &checked{to: out}, sound: make(chan error, 1)}
	// Key frames every ten seconds are where fragments begin: a file whose index comes
	// last could not be written into a pipe.
	e.child = convert.Command(ctx, program, "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe",
		"-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", fmt.Sprintf("%dx%d", pictures.Width, pictures.Height),
		"-framerate", fmt.Sprint(pictures.FrameRate), "-i", "pipe:0", "-f", "wav", "-i", "pipe:3", "-map", "0:v", "-map", "1:a",
		"-c:v", "libx264", "-preset", "superfast", "-crf", "25", "-maxrate", fmt.Sprint(BitRate), "-bufsize", fmt.Sprint(4*BitRate),
		"-pix_fmt", "yuv420p", "-g", fmt.Sprint(10*pictures.FrameRate), "-bf", "0", "-threads", "1",
		"-c:a", "aac", "-b:a", fmt.Sprint(SoundRate), "-ar", "16000", "-ac", "1",
		"-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4", "pipe:1")
	e.child.Stdout, e.child.Stderr = e.out, &e.said
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	e.child.ExtraFiles = []*os.File{reader}
	e.frames, err = e.child.StdinPipe()
	if err == nil {
		err = convert.Start(e.child)
	}
	if err != nil {
		return nil, errors.Join(&convert.Error{Cause: err}, writer.Close())
	}
	go func() {
		defer writer.Close()
		e.sound <- copySound(writer, sound)
	}()
	return e, nil
}

// copySound feeds the sound. A process that takes no more has ended, which is told
// elsewhere.
func copySound(to io.Writer, sound io.Reader) error {
	in := &checkedReader{from: sound}
	_, _ = io.CopyBuffer(struct{ io.Writer }{to}, in, make([]byte, 64<<10))
	return in.err
}

// end waits for the file to be complete. failed is why no more frames could be written,
// which is that the process has ended.
func (e *encoder) end(failed error) error {
	_ = e.frames.Close()
	err := e.child.Wait()
	sound := <-e.sound
	switch {
	case e.out.err != nil:
		return e.out.err
	case sound != nil:
		return sound
	case err != nil:
		return &convert.Error{Detail: e.said.String(), Cause: err}
	case failed != nil:
		return &convert.Error{Detail: e.said.String(), Cause: failed}
	case !e.out.any:
		return &convert.Error{Detail: e.said.String(), Cause: errors.New("it wrote nothing")}
	}
	return nil
}

// checked remembers why something could not be written.
type checked struct {
	to  io.Writer
	any bool
	err error
}

// Write implements io.Writer.
func (c *checked) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.any = c.any || n > 0
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}

// checkedReader remembers why something could not be read.
type checkedReader struct {
	from io.Reader
	err  error
}

// Read implements io.Reader.
func (c *checkedReader) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	if err != nil && err != io.EOF {
		c.err = err
	}
	return n, err
}
