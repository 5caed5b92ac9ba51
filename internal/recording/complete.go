package recording

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/switchhook/switchhook/internal/recording/convert"
)

// Converter makes files of other formats from WAV.
type Converter interface {
	Convert(context.Context, convert.Job) error
}

// convertRounds is how often a recording's conversion is tried before its files stay
// WAV: better that than none.
const convertRounds = 5

// prepare makes the files of a recording that has ended what was asked for, and notes
// their checksums. round counts from 1.
func (l *Library) prepare(record *Record, round int) error {
	if record.State != Ended || round == 1 && record.prepared() {
		return nil
	}
	if record.Format != WAV {
		if err := l.convert(record, round); err != nil {
			if round < convertRounds || l.life.Err() != nil {
				return err
			}
			l.log.Error("recording cannot be converted, and stays WAV", "recording", record.key(), "format", record.Format, "error", err)
			record.Format = WAV
			for i := range record.Chunks {
				record.Chunks[i].Converted = false
			}
		}
	}
	if err := l.inTurn(l.places, func() error { return l.sums(record) }); err != nil {
		if round < convertRounds || l.life.Err() != nil {
			return err
		}
		l.log.Error("a file of a recording cannot be read, and has no checksum", "recording", record.key(), "error", err)
	}
	prepared := *record
	err := l.records.Update(l.life, record.key(), func(r *Record) error {
		r.Format = prepared.Format
		for i := range r.Chunks {
			from := &prepared.Chunks[i]
			r.Chunks[i].Converted, r.Chunks[i].Still, r.Chunks[i].SHA256 = from.Converted, from.Still, from.SHA256
		}
		return nil
	})
	if err == nil && record.Format != WAV {
		for i := range record.Chunks {
			if err := l.removeSources(record, i); err != nil {
				l.log.Warn("sources of a converted recording cannot be removed", "recording", record.key(), "error", err)
			}
		}
	}
	return err
}

// prepared reports whether all files are as they were asked for, and their checksums are
// stored: nothing is to be done for them.
func (r *Record) prepared() bool {
	return r.Format == WAV && !slices.ContainsFunc(r.Chunks, func(c Chunk) bool { return !c.Deleted && c.SHA256 == "" })
}

// convert makes the files of another format; the WAV stays beside them until the
// record says so.
func (l *Library) convert(record *Record, round int) error {
	if l.cfg.Converter == nil {
		return fmt.Errorf("nothing makes %s", record.Format)
	}
	for i := range record.Chunks {
		if record.Chunks[i].Converted {
			continue
		}
		if record.composes(i) && l.cfg.Composer != nil {
			if err := l.compose(record, i, round); err != nil {
				return err
			}
			if record.Chunks[i].Converted {
				continue
			}
		}
		job := convert.Job{Format: convert.Format(record.Format), Length: record.Chunks[i].duration(), Input: l.soundOf(record, i), Output: l.outputOf(record, i)}
		if err := l.cfg.Converter.Convert(l.life, job); err != nil {
			return err
		}
		record.Chunks[i].Converted = true
	}
	return nil
}

// soundOf opens the sound of a chunk as WAV.
func (l *Library) soundOf(record *Record, chunk int) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		sound, err := (&Document{*record, chunk, l}).wav()
		if err != nil {
			return nil, err
		}
		size, err := sound.Size()
		return section{io.NewSectionReader(sound, 0, size), sound}, err
	}
}

// outputOf begins the file of another format, in place of what a process that was killed
// has left.
func (l *Library) outputOf(record *Record, chunk int) func() (convert.Output, error) {
	name := record.convertedName(chunk)
	return func() (convert.Output, error) {
		if err := l.files.Remove(name); err != nil {
			return nil, err
		}
		file, err := l.files.Create(name)
		return &converted{file, name, l.files}, err
	}
}

// section is a part of a file that is read to its end.
type section struct {
	io.Reader
	io.Closer
}

// converted is a file that is being made.
type converted struct {
	File
	name  string
	files Files
}

// Write implements io.Writer.
func (c *converted) Write(p []byte) (int, error) {
	if err := c.Append(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Discard implements convert.Output.
func (c *converted) Discard() error {
	_ = c.Close() // it goes anyway
	return c.files.Remove(c.name)
}

// convertedName is the name of a chunk's file in the format that was asked for.
func (r *Record) convertedName(chunk int) string {
	return fmt.Sprintf("%s.%d.%s", r.key(), chunk, r.Format)
}

// names are those of all files that a chunk may have.
func (r *Record) names(chunk int) []string {
	names := []string{r.fileName(chunk), r.picturesName(chunk)}
	for _, format := range []Format{MP3, MP4} {
		names = append(names, fmt.Sprintf("%s.%d.%s", r.key(), chunk, format))
	}
	return slices.Clip(names)
}
