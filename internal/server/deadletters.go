package server

import (
	"time"

	"github.com/switchhook/switchhook/internal/deadletter"
)

// deadLetterFolder holds the containers of storage accounts that are not
// configured, in the data directory.
const deadLetterFolder = "dead-letters"

// openDeadLetters makes the box; delay is from an event's last attempt to its
// dead letter.
func (p *parts) openDeadLetters(delay time.Duration) {
	p.deadLetters = deadletter.New(deadletter.Config{
		Delay: delay, Folder: p.data.Path(deadLetterFolder), Accounts: p.cfg.StorageAccount, S3: p.cfg.S3,
	})
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
