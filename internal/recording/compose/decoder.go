package compose

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"time"

	"github.com/switchhook/switchhook/internal/recording/convert"
	"github.com/switchhook/switchhook/internal/recording/pictures"
)

// decoder is a process that decodes a run, at the rate of the recording, into pictures of
// one size. It belongs to the painting thread, but for feed.
type decoder struct {
	child   *exec.Cmd
	cancel  context.CancelFunc
	out     *bufio.Reader
	said    convert.Said
	fed     chan error
	next    int           // frame of the recording that the next picture is of
	last    time.Duration // when its last packet came
	picture *canvas
	have    bool
	over    bool
	failed  bool // it has ended before the run
	run     *run
	// patience is that of the plan.
	patience time.Duration
	log      *slog.Logger
}

// maxPixels is the largest picture that is decoded: four times 4 megapixels, more than a
// screen of 5120x2880. What a browser sends may claim sixteen times as much, in a few
// bytes, and take the memory for it.
const maxPixels = 4096 * 4096

// startDecoder begins to decode a run whose first picture was peeked at. It begins at a
// frame of the recording, which starts at a time.
func startDecoder(ctx context.Context, program string, in *run, p *plan, log *slog.Logger) (*decoder, error) {
	ctx, cancel := context.WithCancel(ctx)
	box := in.box
	// The last picture stays for a frame (62.5 ms, and pictures count as 1 ms): fps takes
	// one that nothing follows for none.
	filter := fmt.Sprintf("tpad=stop=63:stop_mode=clone,fps=fps=%d:start_time=0:round=near,scale=w=%d:h=%d:force_original_aspect_ratio=decrease:force_divisible_by=2:eval=frame,pad=%d:%d:-1:-1:eval=frame,format=yuv420p",
		pictures.FrameRate, box.Width, box.Height, box.Width, box.Height)
	// Pictures may change their size at any key frame: phones are turned, senders spare their
	// processor. The filters follow by themselves; those that ffmpeg makes anew for another
	// size show everything two frames later from then on.
	child := convert.Command(ctx, program, "-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "pipe", "-copyts",
		"-probesize", "32", "-analyzeduration", "0", "-threads", "1", "-max_pixels", fmt.Sprint(maxPixels), "-reinit_filter", "0", "-f", "ivf", "-i", "pipe:0",
		"-an", "-vf", filter, "-f", "rawvideo", "pipe:1")
	d := &decoder{child: child, cancel: cancel, fed: make(chan error, 1), next: in.begins, last: in.span.Last, picture: newCanvas(box.Width, box.Height), run: in, patience: p.patience, log: log}
	child.Stderr = &d.said
	stdin, err := child.StdinPipe()
	if err != nil {
		cancel()
		return nil, err
	}
	stdout, err := child.StdoutPipe()
	if err == nil {
		err = convert.Start(child)
	}
	if err != nil {
		cancel()
		return nil, &convert.Error{Cause: err}
	}
	d.out = bufio.NewReaderSize(stdout, 64<<10)
	go func() {
		defer stdin.Close()
		d.fed <- in.feed(stdin, p.from)
	}()
	return d, nil
}

// advance makes the picture that of a frame. It returns whether it has changed.
func (d *decoder) advance(frame int) (changed bool, err error) {
	if d.over || d.next > frame {
		return false, nil
	}
	if d.patience > 0 {
		hangs := time.AfterFunc(d.patience, d.cancel)
		defer hangs.Stop()
	}
	for !d.over && d.next <= frame {
		if _, err := io.ReadFull(d.out, d.picture.pix); err != nil {
			d.over = true
			return changed, d.wait()
		}
		d.next++
		d.have, changed = true, true
	}
	return changed, nil
}

// wait waits for the end of the process. What it could not decode is left out; an input
// that cannot be read is told, and so is a process that was killed, unless the plan goes on
// without it.
func (d *decoder) wait() error {
	err := d.child.Wait()
	d.cancel()
	fed := <-d.fed
	var exit *exec.ExitError
	switch {
	case fed != nil:
		return fed
	case errors.As(err, &exit) && exit.Exited() || err != nil && d.patience > 0:
		d.failed = true
		d.log.Warn("a part of a recording's pictures cannot be decoded", "error", err, "detail", d.said.String())
	case err != nil:
		return &convert.Error{Detail: d.said.String(), Cause: err}
	}
	return nil
}

// stop ends the process.
func (d *decoder) stop() {
	if !d.over {
		d.over = true
		d.cancel()
		_ = d.child.Wait() // it was killed
		<-d.fed
	}
}

// ivfHeader begins a stream of pictures whose times are milliseconds.
func ivfHeader(h264 bool, box pictures.Rect) []byte {
	le := binary.LittleEndian
	name := "VP80"
	if h264 {
		name = "H264"
	}
	b := append([]byte("DKIF\x00\x00\x20\x00"), name...)
	b = le.AppendUint16(b, uint16(box.Width))
	b = le.AppendUint16(b, uint16(box.Height))
	b = le.AppendUint32(b, 1000)
	b = le.AppendUint32(b, 1)
	return append(b, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0) // so many pictures as there are
}

// feed writes the pictures of a run. Times count from the frame that it begins with. A
// process that takes no more has ended, which is told elsewhere.
func (in *run) feed(to io.Writer, from time.Duration) error {
	if _, err := to.Write(ivfHeader(in.span.H264, in.box)); err != nil {
		return nil
	}
	begins := from + timeOf(in.begins)
	le := binary.LittleEndian
	last := int64(-1)
	for next, err := in.first, error(nil); ; next, err = in.frames.Next() {
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		last = max((next.At - begins).Milliseconds(), last+1)
		head := le.AppendUint64(le.AppendUint32(make([]byte, 0, 12), uint32(len(next.Data))), uint64(last))
		if _, err := to.Write(append(head, next.Data...)); err != nil {
			return nil
		}
	}
}

// timeOf is when a frame of the recording begins.
func timeOf(frame int) time.Duration { return time.Duration(frame) * time.Second / pictures.FrameRate }
