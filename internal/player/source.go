package player

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/soundfile"
	"github.com/switchhook/switchhook/internal/speech"
)

// source is a file that is being downloaded, read up to its first sample.
type source struct {
	from    string // where it comes from, for people
	kind    string // its Content-Type
	spoken  bool
	version string // of the file; see versionOf
	file    soundfile.Reader
	body    *body
	limit   *timeLimit

	begun   *prefixed // its beginning was read, to see how long it is; nil: it was not
	keep    *keeping  // of speech; nil: it is not kept
	release func()    // what else ends with it; nil: nothing
}

// openSource asks for a file, under the conditions of a header, and reads its beginning.
func (l *Library) openSource(ctx context.Context, u *url.URL, limit *timeLimit, header map[string]string) (*source, error) {
	response, err := l.request(ctx, u, header)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDownload, outbound.Shown(u), err)
	}
	if response.StatusCode == http.StatusNotModified && header != nil {
		response.Body.Close()
		return nil, errUnchanged
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%w: %s answered %d %s", ErrDownload, outbound.Shown(u), response.StatusCode, http.StatusText(response.StatusCode))
	}
	s := &source{
		from: outbound.Shown(u), kind: response.Header.Get("Content-Type"), limit: limit, version: versionOf(response),
		body: &body{ctx: ctx, in: response.Body, size: response.ContentLength, most: l.cfg.MaxBytes},
	}
	s.body.resume = l.resumption(ctx, u, response)
	if s.file, err = l.openSound(s.body); err != nil {
		defer s.close()
		return nil, s.explained(err)
	}
	return s, nil
}

// request sends one GET. Its errors are without the secrets of the address.
func (l *Library) request(ctx context.Context, u *url.URL, header map[string]string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, withoutURL(err)
	}
	request.Header.Set("Accept", "audio/wav, audio/x-wav, audio/*;q=0.9, */*;q=0.5")
	request.Header.Set("User-Agent", "switchhook")
	for name, value := range header {
		request.Header.Set(name, value)
	}
	response, err := l.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, withoutURL(err)
	}
	return response, nil
}

// close ends the download.
func (s *source) close() {
	s.limit.end()
	s.body.in.Close()
	s.keep.drop()
	s.begun.drop()
	if s.release != nil {
		s.release()
	}
}

// read decodes the next samples, within a time limit of their own: it counts
// while the server is waited for, not while the samples are played.
func (s *source) read(samples []int16) (int, error) {
	s.limit.restart()
	defer s.limit.pause()
	n, err := s.file.Read(samples)
	s.keep.heard(samples[:n], err)
	if err != nil && err != io.EOF {
		err = s.explained(err)
	}
	return n, err
}

// decoded reads all of a file into a clip.
func (s *source) decoded() (*Clip, error) {
	clip, err := prepare(s.file.Rate(), func(rate int) ([]int16, error) { return audio.DecodeAll(s.file, rate) })
	if err != nil {
		return nil, s.explained(err)
	}
	return clip, nil
}

// explained is an error of a decoder, with what was tried.
func (s *source) explained(err error) error {
	if s.spoken {
		if s.body.err != nil {
			err = s.body.err
		}
		return &speech.Error{Kind: speech.Broken, Detail: "the speech broke off", Cause: err}
	}
	if s.body.err != nil { // whatever the decoder makes of it
		return fmt.Errorf("%w: %s: %w", ErrDownload, s.from, s.body.err)
	}
	return fmt.Errorf("%w: %w; %s sent %.100q%s", ErrFormat, err, s.from, s.kind, hint(s.body.first))
}

// duration returns how long the file plays; false where neither its server nor its
// writer has said.
func (s *source) duration() (time.Duration, bool) { return s.file.Duration(s.body.size) }

// timeLimit cancels a context when something takes too long.
type timeLimit struct {
	d      time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

// limited returns a context with a time limit that runs.
func limited(ctx context.Context, d time.Duration) (context.Context, *timeLimit) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := func() { cancel(fmt.Errorf("it took longer than %v", d)) }
	return ctx, &timeLimit{d: d, timer: time.AfterFunc(d, stop), cancel: cancel}
}

func (t *timeLimit) pause()   { t.timer.Stop() }
func (t *timeLimit) restart() { t.timer.Reset(t.d) }

// end releases what the limit holds.
func (t *timeLimit) end() {
	t.timer.Stop()
	t.cancel(nil)
}
