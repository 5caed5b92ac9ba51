package rtp

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// retryAfter is what a caller is told when no port is free: calls end all the time.
const retryAfter = 5 * time.Second

// lack is an Open that found nothing.
type lack struct {
	at      time.Time
	sockets error // that the system gives this process no more of them; nil: ports were lacking
}

// notOpened says why the system opens no socket. Where it has no more of them the call is refused as where no
// port is free: with 503 a carrier tries elsewhere, with 488 it gives up.
func (p *Ports) notOpened(err error) error {
	for _, exhausted := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS} {
		if errors.Is(err, exhausted) {
			busy := fault.Busy(retryAfter, "no RTP port can be opened: %v", err)
			p.lacked.Store(&lack{time.Now(), busy})
			return busy
		}
	}
	return fmt.Errorf("open an RTP session: %w", err)
}

func (p *Ports) exhausted(foreign int) error {
	return fault.Busy(retryAfter, "no RTP port is free on %s between %d and %d: %d pairs are in use here, %d are taken by others",
		p.bind, p.first, p.first+2*p.pairs-1, p.InUse(), foreign)
}

// Check says, without opening anything, whether Open would fail now for want of ports.
func (p *Ports) Check(by Holder) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pairs > 0 && p.InUse() >= p.pairs {
		return p.exhausted(0)
	}
	if lacked := p.lacked.Load(); lacked != nil && lacked.sockets != nil && time.Since(lacked.at) < socketLackTime {
		return lacked.sockets
	}
	return p.checkShare(by)
}

// lackTime is how long an Open that found every pair taken counts as a lack of ports.
const lackTime = 10 * time.Second

// socketLackTime is how long nobody tries again to open a socket where the system had none.
const socketLackTime = time.Second

// Ready says whether a session could be opened for somebody without a bound: nil, or a fault of
// kind Busy. Where other programs have ports of the range, only an Open finds that out.
func (p *Ports) Ready() error {
	lacked := p.lacked.Load()
	lately := lacked != nil && time.Since(lacked.at) <= lackTime
	if p.InUse() < p.pairs && !lately {
		return nil
	}
	if lately && lacked.sockets != nil {
		return lacked.sockets
	}
	return fault.Busy(retryAfter, "no RTP port is free: %d of the %d pairs of rtp-ports are in use here; give it a larger range", p.InUse(), p.pairs)
}
