package server

import (
	"time"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/eventgrid"
	"github.com/switchhook/switchhook/internal/eventgrid/report"
	"github.com/switchhook/switchhook/internal/resource"
)

// deadLetterFolder holds the containers of storage accounts that are not
// configured, in the data directory.
const deadLetterFolder = "dead-letters"

// openDeadLetters makes the box and the log of failures, which counts dead
// letters; delay is from an event's last attempt to its dead letter.
func (p *parts) openDeadLetters(delay time.Duration, failures history.Archive) {
	p.failures = report.New(report.Config{
		Failures: history.Config{Archive: failures, Keep: keepFailures}, ResourceID: resource.ARMPath, Metrics: p.metrics,
	}, p.log.With("part", "eventgrid"))
	p.deadLetters = deadletter.New(deadletter.Config{
		Delay: delay, Folder: p.data.Path(deadLetterFolder),
		Free: func() (uint64, error) { return datadir.Free(p.data.Name()) }, MinFree: p.cfg.Recording.MinFree,
		Accounts: p.cfg.StorageAccount, S3: p.cfg.S3, Observer: p.failures,
	})
}

// eventPolicy is Event Grid's, with dead letters and the log of failures.
func (p *parts) eventPolicy(tokens eventgrid.Tokens) delivery.Policy {
	policy := eventgrid.Policy(tokens)
	policy.Undelivered = p.deadLetters.Undelivered
	policy.Moved = func(m *delivery.Message) bool { return p.grid.Moved(m) } // it is there before deliveries begin
	policy.Readdress = func(m delivery.Message, posted time.Time) (delivery.Message, bool) {
		return p.grid.Readdress(m, posted)
	}
	policy.Observer = p.failures
	return policy
}

// deadLetterStore is where the dead letters of a container go: to the storage
// account itself where its connection string is configured, else into a folder
// of the data directory.
func (p *parts) deadLetterStore(account, container string) (url string, err error) {
	url = deadletter.FolderURL(container)
	if _, configured := p.cfg.StorageAccount(account); configured {
		url = deadletter.BlobURL(account, container)
	}
	return url, p.deadLetters.Check(url)
}
