package config

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/auth"
)

// tenantText is who makes the tokens of a tenant's webhooks.
type tenantText struct {
	Tenant       string `yaml:"tenant"`
	Endpoint     string `yaml:"token-endpoint"`
	ClientID     string `yaml:"client-id"`
	ClientSecret string `yaml:"client-secret"`
	Scope        string `yaml:"scope"`
}

// webhookIssuers checks them, each with those before it.
func (c *checker) webhookIssuers(texts []tenantText) []auth.WebhookIssuer {
	var issuers []auth.WebhookIssuer
	for i, text := range texts {
		issuers = append(issuers, auth.WebhookIssuer{
			Tenant: text.Tenant, Endpoint: text.Endpoint, ClientID: text.ClientID, ClientSecret: auth.Secret(text.ClientSecret), Scope: text.Scope,
		})
		if _, err := auth.NewWebhookTokens(auth.WebhookTokensConfig{Issuers: issuers}); err != nil {
			c.fail(setting{name: c.file.where(fmt.Sprintf("events.webhook-tokens[%d]", i))}, "cannot be used: %v", err)
			return nil
		}
	}
	return issuers
}
