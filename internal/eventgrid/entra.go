package eventgrid

import (
	"context"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
)

// Tokens makes the bearer tokens of protected webhooks.
type Tokens interface {
	// Knows reports whether a tenant's tokens can be had.
	Knows(tenant string) bool
	// Token returns one of a tenant's for an application. It may ask an issuer.
	Token(ctx context.Context, tenant, application string) (string, error)
}

// Entra is what protects a webhook: deliveries, and the handshake before them,
// bear a token of the tenant that is meant for the application ("Deliver events
// to Microsoft Entra protected endpoints"). The zero Entra protects nothing.
type Entra struct {
	Tenant      string `json:"tenant"`      // azureActiveDirectoryTenantId
	Application string `json:"application"` // azureActiveDirectoryApplicationIdOrUri
}

const maxEntraLength = 1024

// bearer is the token that deliveries are to bear.
func (e Entra) bearer() delivery.Bearer {
	return delivery.Bearer{Tenant: e.Tenant, Audience: e.Application}
}

// entra checks what protects a webhook.
func (r webhookRequest) entra(own []Attribute, with rules) (Entra, error) {
	const tenant, application = "azureActiveDirectoryTenantId", "azureActiveDirectoryApplicationIdOrUri"
	if !given(r.EntraTenant) && !given(r.EntraApplication) {
		return Entra{}, nil
	}
	if !given(r.EntraTenant) || !given(r.EntraApplication) {
		return Entra{}, fault.Invalid("destination.properties: %s and %s go together", tenant, application)
	}
	e := Entra{Tenant: *r.EntraTenant, Application: *r.EntraApplication}
	if len(e.Tenant) > maxEntraLength || len(e.Application) > maxEntraLength {
		return Entra{}, fault.Invalid("%s and %s take at most %d bytes", tenant, application, maxEntraLength)
	}
	for _, a := range own {
		if strings.EqualFold(a.Name, headerAuthorization) {
			return Entra{}, fault.Invalid("deliveryAttributeMappings has the header Authorization, which %s sets: leave one of them out", tenant)
		}
	}
	if with.knowsTenant == nil || !with.knowsTenant(e.Tenant) {
		return Entra{}, fault.Unsupported("no issuer of tokens is configured for the tenant %q of %s: add it to events.webhook-tokens in the server's configuration", clip(e.Tenant, 64), tenant)
	}
	return e, nil
}

const headerAuthorization = "Authorization"

// authorize adds the token that a request to a protected webhook bears.
func authorize(ctx context.Context, h delivery.Header, tokens Tokens, of delivery.Bearer) (token string, err error) {
	if of == (delivery.Bearer{}) {
		return "", nil
	}
	if tokens == nil {
		return "", fmt.Errorf("no issuer of tokens is configured for the tenant %s any more (events.webhook-tokens)", of.Tenant)
	}
	token, err = tokens.Token(ctx, of.Tenant, of.Audience)
	if err != nil {
		return "", fmt.Errorf("no token for %s: %w", of.Audience, err)
	}
	h.Set(headerAuthorization, "Bearer "+token)
	return token, nil
}
