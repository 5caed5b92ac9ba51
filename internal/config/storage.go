package config

import (
	"fmt"
	"net/url"

	"github.com/switchhook/switchhook/internal/storage"
)

// storageAccounts reads connection strings of storage accounts. No error has a
// secret in it.
func (c *checker) storageAccounts(texts []string) []storage.Account {
	var accounts []storage.Account
	for i, text := range texts {
		account, err := storage.ParseAccount(text)
		if err != nil {
			c.fail(c.at(fmt.Sprintf("events.storage-accounts[%d]", i)), "is not the connection string of a storage account: %v", err)
			continue
		}
		accounts = append(accounts, account)
	}
	return accounts
}

// s3 reads the server of the buckets of dead letters, nil for no server.
func (c *checker) s3(text s3Keys) *storage.S3 {
	if text == (s3Keys{}) {
		return nil
	}
	s := c.at("events.s3")
	u, err := url.Parse(text.Endpoint)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "":
		c.fail(s, "needs an endpoint such as https://s3.eu-central-1.amazonaws.com or http://127.0.0.1:9000, without a path")
		return nil
	case text.AccessKey == "" || text.SecretKey == "":
		c.fail(s, "needs both access-key and secret-key")
		return nil
	}
	return &storage.S3{Endpoint: u.Host, Region: text.Region, AccessKey: text.AccessKey, SecretKey: text.SecretKey, Plain: u.Scheme == "http"}
}
