package server

import (
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/deadletter"
	"github.com/switchhook/switchhook/internal/delivery"
)

// deadLetterFolder holds the containers of storage accounts that are not
// configured, in the data directory.
const deadLetterFolder = "dead-letters"

// storageAccount finds a configured storage account by its name.
func (c Config) storageAccount(name string) (delivery.StorageAccount, bool) {
	for _, account := range c.StorageAccounts {
		if strings.EqualFold(account.Name, name) {
			return account, true
		}
	}
	return delivery.StorageAccount{}, false
}

// openDeadLetters makes the box; delay is from an event's last attempt to its
// dead letter.
func (p *parts) openDeadLetters(delay time.Duration) {
	p.deadLetters = deadletter.New(deadletter.Config{
		Delay: delay, Folder: p.data.Path(deadLetterFolder), Accounts: p.cfg.storageAccount, S3: p.cfg.S3,
	})
}

// deadLetterStore is where the dead letters of a container go: to the storage
// account itself where its connection string is configured, else into a folder
// of the data directory.
func (p *parts) deadLetterStore(account, container string) (url string, err error) {
	url = deadletter.FolderURL(container)
	if _, configured := p.cfg.storageAccount(account); configured {
		url = deadletter.BlobURL(account, container)
	}
	return url, p.deadLetters.Check(url)
}
