package certificate

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// write puts an identity's certificate and key into two files.
func write(t *testing.T, dir string, p pair, which ...string) (cert, key string) {
	t.Helper()
	cert, key = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	both, err := p.encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append([]string{}, which...) {
		if err := os.WriteFile(filepath.Join(dir, name), both, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func newPair(t *testing.T) pair {
	return open(t, Config{}, folder(t.TempDir())).current.Load().server
}

func served(t *testing.T, o *Provided) string {
	t.Helper()
	cert, err := o.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return cert.Leaf.SerialNumber.String()
}

func TestChangedFilesAreLoadedWithoutRestart(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, second := newPair(t), newPair(t)
		cert, key := write(t, dir, first, "tls.crt", "tls.key")
		o, err := OpenProvided(cert, key, quiet())
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go o.Run(ctx)

		write(t, dir, second, "tls.crt") // half of a renewal
		touch(t, cert, time.Hour)
		time.Sleep(2 * pollInterval)
		if served(t, o) != first.cert.SerialNumber.String() {
			t.Error("half of a renewal took effect")
		}
		write(t, dir, second, "tls.key")
		touch(t, key, time.Hour)
		time.Sleep(2 * pollInterval)
		if served(t, o) != second.cert.SerialNumber.String() {
			t.Error("the renewal did not take effect")
		}
		cancel()
	})
}

// TestFilesThatCouldNotBeLoadedAreTriedAgain: what kept the server from them, such as who may read
// them, goes without a change of size or time.
func TestFilesThatCouldNotBeLoadedAreTriedAgain(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, second := newPair(t), newPair(t)
		cert, key := write(t, dir, first, "tls.crt", "tls.key")
		var said counted
		o, err := OpenProvided(cert, key, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go o.Run(ctx)
		write(t, dir, second, "tls.crt", "tls.key")
		text, err := os.ReadFile(key)
		if err != nil {
			t.Fatal(err)
		}
		renewed := time.Now().Add(time.Hour)
		put := func(text []byte) {
			if err := errors.Join(os.WriteFile(key, text, 0o600), os.Chtimes(key, renewed, renewed)); err != nil {
				t.Fatal(err)
			}
		}
		put(make([]byte, len(text)))
		time.Sleep(10 * pollInterval)
		if served(t, o) != first.cert.SerialNumber.String() || said.count("cannot be loaded") != 1 {
			t.Errorf("the failure was told %d times", said.count("cannot be loaded"))
		}
		put(text)
		time.Sleep(2 * pollInterval)
		if served(t, o) != second.cert.SerialNumber.String() {
			t.Error("the renewal did not take effect")
		}
		cancel()
	})
}

// touch moves a file's time on: two writes may fall into one tick of the disk's clock.
func touch(t *testing.T, name string, by time.Duration) {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(name, info.ModTime().Add(by), info.ModTime().Add(by)); err != nil {
		t.Fatal(err)
	}
}

func TestMissingOwnFileIsNamed(t *testing.T) {
	name := filepath.Join(t.TempDir(), "none.crt")
	if _, err := OpenProvided(name, name, quiet()); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("got %v", err)
	}
}

// TestOverdueRenewalsAreWarnedOf asks for a warning a day once a renewal is late, and for an error
// once the certificate has expired.
func TestOverdueRenewalsAreWarnedOf(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		left, pass       time.Duration // of the certificate's life; how long it is looked at
		warnings, errors int
	}{
		{expiryWarning + 2*time.Hour, time.Hour, 0, 0},
		{expiryWarning + time.Hour, 2*day + 2*time.Hour, 3, 0},
		{day / 2, day + time.Hour, 1, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			authority := open(t, Config{}, folder(t.TempDir())).current.Load().authority
			made, err := authority.newServer(localNames, time.Now().Add(test.left-serverLife))
			if err != nil {
				t.Fatal(err)
			}
			cert, key := write(t, t.TempDir(), made, "tls.crt", "tls.key")
			var said counted
			o, err := OpenProvided(cert, key, slog.New(slog.NewTextHandler(&said, nil)))
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go o.Run(ctx)
			time.Sleep(test.pass)
			if warnings, errors := said.count("level=WARN msg=\"certificate expires soon"), said.count("level=ERROR msg=\"certificate has expired"); warnings != test.warnings || errors != test.errors {
				t.Errorf("with %v left, in %v: %d warnings and %d errors, not %d and %d", test.left, test.pass, warnings, errors, test.warnings, test.errors)
			}
			cancel()
		})
	}
}

// counted is a log that is searched.
type counted struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *counted) count(text string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Count(c.text.String(), text)
}
