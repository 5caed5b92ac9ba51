package server

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/delivery"
)

// storageAccounts reads connection strings of storage accounts. Mistakes repeat
// no secret.
func (c *checker) storageAccounts(texts []string) []delivery.StorageAccount {
	var accounts []delivery.StorageAccount
	for i, text := range texts {
		account, err := delivery.ParseStorageAccount(text)
		if err != nil {
			c.fail(setting{name: c.file.where(fmt.Sprintf("events.storage-accounts[%d]", i))}, "is not the connection string of a storage account: %v", err)
			continue
		}
		accounts = append(accounts, account)
	}
	return accounts
}
