package certificate

import (
	"context"
	"crypto/x509"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// running opens an identity and lets it renew itself until the test ends.
func running(t *testing.T, files Files) *Private {
	p := open(t, Config{}, files)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

func TestServerCertificateIsRenewedWithAThirdLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := running(t, folder(t.TempDir()))
		first := p.leaf()
		time.Sleep(serverLife*2/3 - checkInterval - skew)
		if !p.leaf().Equal(first) {
			t.Error("renewed too early")
		}
		time.Sleep(2 * checkInterval)
		if p.leaf().Equal(first) {
			t.Error("not renewed")
		}
		if err := shake(t, p, p.Authority(), "localhost"); err != nil {
			t.Error(err)
		}
	})
}

func TestAuthorityIsRenewedAndOldTrustHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := folder(t.TempDir())
		p := running(t, files)
		oldRoot, oldPublic := p.root(), p.Authority()
		time.Sleep(authorityLife*2/3 - checkInterval - skew)
		if !p.root().Equal(oldRoot) {
			t.Error("renewed too early")
		}
		time.Sleep(2 * checkInterval)
		if p.root().Equal(oldRoot) {
			t.Fatal("not renewed")
		}
		if left := time.Until(p.root().NotAfter); left < authorityLife-2*checkInterval {
			t.Errorf("the renewed authority has %v left", left)
		}
		for _, trusted := range [][]byte{oldPublic, p.Authority()} {
			if err := shake(t, p, trusted, "localhost"); err != nil {
				t.Error(err)
			}
		}
		if saved, _ := files.LoadFile(PublicFile); string(saved) != string(p.Authority()) {
			t.Error("the public copy is not the renewed one")
		}
	})
}

func TestCertificateThatEndedWhileStoppedIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := folder(t.TempDir())
		open(t, Config{}, files)
		time.Sleep(2 * authorityLife)
		p := open(t, Config{}, files)
		if err := shake(t, p, p.Authority(), "localhost"); err != nil {
			t.Error(err)
		}
	})
}

// failing refuses to save while the disk is full.
type failing struct {
	Files
	full atomic.Bool
}

func (f *failing) SaveFile(name string, data []byte) error {
	if f.full.Load() {
		return errors.New("disk full")
	}
	return f.Files.SaveFile(name, data)
}

func TestFailedRenewalIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := &failing{Files: folder(t.TempDir())}
		p := running(t, files)
		first := p.leaf()
		time.Sleep(time.Minute) // away from the tick
		files.full.Store(true)
		time.Sleep(serverLife * 5 / 6)
		if !p.leaf().Equal(first) {
			t.Error("a certificate that was not saved is in force")
		}
		files.full.Store(false)
		time.Sleep(checkInterval)
		if p.leaf().Equal(first) || shake(t, p, p.Authority(), "localhost") != nil {
			t.Error("not renewed after the disk recovered")
		}
	})
}

func TestServerCertificateEndsBeforeItsAuthority(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := running(t, folder(t.TempDir()))
		for range 20 { // two years in steps of about 37 days
			time.Sleep(900 * time.Hour)
			var leaf, root *x509.Certificate = p.leaf(), p.root()
			if leaf.NotAfter.After(root.NotAfter) || time.Now().After(leaf.NotAfter) {
				t.Fatalf("certificate until %v, authority until %v, now %v", leaf.NotAfter, root.NotAfter, time.Now())
			}
		}
	})
}
