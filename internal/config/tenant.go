package config

import (
	"fmt"

	"github.com/switchhook/switchhook/internal/auth"
)

// webhookIssuers checks the issuers of webhook tokens, each with those before it.
func (c *checker) webhookIssuers(texts []tenantKeys) []auth.WebhookIssuer {
	var issuers []auth.WebhookIssuer
	for i, text := range texts {
		issuers = append(issuers, auth.WebhookIssuer{
			Tenant: text.Tenant, Endpoint: text.Endpoint, ClientID: text.ClientID, ClientSecret: auth.Secret(text.ClientSecret), Scope: text.Scope,
		})
		if _, err := auth.NewWebhookTokens(auth.WebhookTokensConfig{Issuers: issuers}); err != nil {
			c.fail(c.at(fmt.Sprintf("events.webhook-tokens[%d]", i)), "cannot be used: %v", err)
			return nil
		}
	}
	return issuers
}
