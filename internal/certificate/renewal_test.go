package certificate

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// longCheck is checkInterval where years pass.
const longCheck = 12 * time.Hour

// running opens an identity and lets it renew itself until the test ends.
func running(t *testing.T, files Files) *Private {
	p := open(t, Config{}, files)
	p.every = longCheck
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
		time.Sleep(serverLife*2/3 - longCheck - skew)
		if !p.leaf().Equal(first) {
			t.Error("renewed too early")
		}
		time.Sleep(2 * longCheck)
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
		time.Sleep(authorityLife*2/3 - longCheck - skew)
		if !p.root().Equal(oldRoot) {
			t.Error("renewed too early")
		}
		time.Sleep(2 * longCheck)
		if p.root().Equal(oldRoot) {
			t.Fatal("not renewed")
		}
		if left := time.Until(p.root().NotAfter); left < authorityLife-2*longCheck {
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
	only string // this file; "": all
	full atomic.Bool
}

func (f *failing) SaveFile(name string, data []byte) error {
	if f.full.Load() && (f.only == "" || f.only == name) {
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
		time.Sleep(longCheck + retryInterval)
		if p.leaf().Equal(first) || shake(t, p, p.Authority(), "localhost") != nil {
			t.Error("not renewed after the disk recovered")
		}
	})
}

// TestPublicCopyThatWasNotWrittenIsTriedAgain, though the certificates that were renewed are good for years.
func TestPublicCopyThatWasNotWrittenIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := &failing{Files: folder(t.TempDir()), only: PublicFile}
		p := running(t, files)
		first := p.root()
		time.Sleep(time.Minute) // away from the tick
		files.full.Store(true)
		time.Sleep(authorityLife * 5 / 6)
		files.full.Store(false)
		time.Sleep(longCheck + retryInterval)
		public, err := files.LoadFile(PublicFile)
		if err != nil || p.root().Equal(first) || string(public) != string(p.Authority()) {
			t.Errorf("%s is not that of the renewed authority: %v", PublicFile, err)
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

// TestClockThatWasWrongAtTheStart: on machines without a battery the clock is set once the network is there,
// which may be after the first start.
func TestClockThatWasWrongAtTheStart(t *testing.T) {
	for name, wrong := range map[string]time.Duration{
		"years behind": -30 * 365 * 24 * time.Hour, "a quarter behind": -serverLife, "a day ahead": 24 * time.Hour, "years ahead": 5 * 365 * 24 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := open(t, Config{}, folder(t.TempDir()))
				var ahead atomic.Int64
				ahead.Store(int64(wrong))
				p.clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
				if err := errors.Join(os.Remove(p.files.Path(AuthorityFile)), os.Remove(p.files.Path(ServerFile)), p.refresh()); err != nil {
					t.Fatal(err)
				}
				key := p.root().PublicKey
				ctx, end := context.WithCancel(t.Context())
				done := make(chan struct{})
				go func() { p.Run(ctx); close(done) }()
				time.Sleep(time.Second)
				ahead.Store(0)
				time.Sleep(checkInterval)
				if err := shake(t, p, p.Authority(), "localhost"); err != nil {
					t.Error(err)
				}
				if !p.root().PublicKey.(*ecdsa.PublicKey).Equal(key) {
					t.Error("the authority has another key")
				}
				end()
				<-done
			})
		})
	}
}

// TestClockThatIsSetForwardByMistakeKeepsClients whose clocks are right.
func TestClockThatIsSetForwardByMistakeKeepsClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := open(t, Config{}, folder(t.TempDir()))
		before := p.leaf()
		for _, ahead := range []time.Duration{200 * 24 * time.Hour, 0} {
			p.clock = func() time.Time { return time.Now().Add(ahead) }
			if err := p.refresh(); err != nil {
				t.Fatal(err)
			}
			if p.leaf().Equal(before) || p.clock().After(p.leaf().NotAfter) {
				t.Errorf("%v ahead, it is valid until %v", ahead, p.leaf().NotAfter)
			}
			if err := shake(t, p, p.Authority(), "localhost"); err != nil {
				t.Errorf("%v ahead: %v", ahead, err)
			}
		}
	})
}
