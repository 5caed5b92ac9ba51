package player

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// download fetches and prepares a prompt, once a slot is free.
func (l *Library) download(ctx context.Context, uri string) (*Clip, error) {
	u, err := parseURI(uri)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDownload, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.cfg.Timeout, fmt.Errorf("it took longer than %v", l.cfg.Timeout))
	defer cancel()
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %s: waiting for other downloads: %w", ErrDownload, shown(u), context.Cause(ctx))
	}
	began := l.now()
	clip, err := l.get(ctx, u)
	if err != nil {
		return nil, err
	}
	l.log.Debug("prompt downloaded", "from", shown(u), "plays", clip.Duration(), "took", l.now().Sub(began).Round(time.Millisecond))
	return clip, nil
}

// get asks for a file and decodes it while it arrives.
func (l *Library) get(ctx context.Context, u *url.URL) (*Clip, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrDownload, shown(u), withoutURL(err))
	}
	request.Header.Set("Accept", "audio/wav, audio/x-wav, audio/*;q=0.9, */*;q=0.5")
	request.Header.Set("User-Agent", "switchhook")
	response, err := l.client.Do(request)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, fmt.Errorf("%w: %s: %w", ErrDownload, shown(u), withoutURL(err))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s answered %d %s", ErrDownload, shown(u), response.StatusCode, http.StatusText(response.StatusCode))
	}
	body := &body{ctx: ctx, in: response.Body, left: l.cfg.MaxBytes, limit: l.cfg.MaxBytes}
	clip, err := decode(body, l.cfg.MaxDuration)
	switch {
	case body.err != nil: // whatever the decoder makes of it
		return nil, fmt.Errorf("%w: %s: %w", ErrDownload, shown(u), body.err)
	case err != nil:
		return nil, fmt.Errorf("%w; %s sent %.100q%s", err, shown(u), response.Header.Get("Content-Type"), hint(body.first))
	}
	return clip, nil
}

// decode reads a WAV file and prepares it. Its errors are ErrFormat.
func decode(r io.Reader, limit time.Duration) (*Clip, error) {
	wav, err := audio.NewWAVReader(r, limit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return prepare(wav.Rate(), wav.ReadAll)
}

// body is a response's body that ends with an error when it is too long or its
// connection breaks, and remembers that error and its first bytes.
type body struct {
	ctx         context.Context
	in          io.Reader
	left, limit int64
	first       []byte
	err         error
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.in.Read(p)
	if missing := hintSize - len(b.first); missing > 0 {
		b.first = append(b.first, p[:min(n, missing)]...)
	}
	switch b.left -= int64(n); {
	case b.left < 0:
		b.err = fmt.Errorf("larger than %d bytes, which is the limit", b.limit)
	case err != nil && err != io.EOF && b.ctx.Err() != nil:
		b.err = context.Cause(b.ctx)
	case err != nil && err != io.EOF:
		// Wrapped, it cannot be taken for an early end of the file.
		b.err = fmt.Errorf("the connection broke: %w", err)
	default:
		return n, err
	}
	return n, b.err
}
