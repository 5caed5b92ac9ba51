package recording

import (
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/fault"
)

// announceSoon tells that a recording can be downloaded.
func (l *Library) announceSoon(record Record) {
	l.finishing.Go(func() { l.announce(record) })
}

// inTurn does something of which only so much shall happen at once, as there are places.
func (l *Library) inTurn(places chan struct{}, do func() error) error {
	select {
	case places <- struct{}{}:
	case <-l.life.Done():
		return l.life.Err()
	}
	defer func() { <-places }()
	return do()
}

// announceRetry are the delays after failures.
var announceRetry = backoff.Exponential{First: 100 * time.Millisecond, Longest: 30 * time.Second, Jitter: 0.25}

func (l *Library) announce(record Record) {
	for attempt := 1; ; attempt++ {
		err := l.prepare(&record, attempt)
		if err == nil {
			err = l.inTurn(l.places, func() error { return l.cfg.Announce(l.life, record) })
		}
		if err == nil {
			err = l.records.Update(l.life, record.key(), func(r *Record) error {
				if r.State == Going { // its end could not be stored
					*r = record
				}
				r.State = Announced
				return nil
			})
		}
		if err == nil || l.life.Err() != nil || fault.Is(err, fault.KindNotFound) { // it was deleted meanwhile
			return
		}
		l.log.Warn("the end of a recording could not be announced", "recording", record.key(), "error", err)
		if !l.sleep(announceRetry.Delay(attempt)) {
			return
		}
	}
}
