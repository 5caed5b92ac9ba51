package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/resource"
)

// identity checks the id and the keys of an ACS resource that moves in.
func (c *checker) identity() resource.Identity {
	var who resource.Identity
	if s := c.pick("resource-id", c.flags.ResourceID); s.value != "" {
		id, err := uuid.Parse(s.value)
		if err != nil || len(s.value) != len(id.String()) {
			c.fail(s, "is %q; it must be a GUID such as 6f1c2c1e-7b5a-4a38-9d55-0c1f3f8a9b2e (the immutableResourceId of the ACS resource)", s.value)
		}
		who.ID = id.String()
	}
	who.Key1 = c.accessKey(c.pick("key1", c.flags.Key1))
	who.Key2 = c.accessKey(c.pick("key2", c.flags.Key2))
	return who
}

func (c *checker) accessKey(s setting) auth.Key {
	if s.value == "" {
		return auth.Key{}
	}
	key, err := auth.ParseKey(s.value)
	if err != nil {
		c.fail(s, "%v; it must be the accesskey of a connection string", err)
	}
	return key
}

// CertificateFiles are the operator's own, PEM; both or neither.
type CertificateFiles struct{ Cert, Key string }

func (c *checker) certificate(files tlsKeys) CertificateFiles {
	if (files.Cert == "") != (files.Key == "") {
		c.fail(c.at("tls"), "needs both cert and key, or neither for the private CA")
	}
	return CertificateFiles(files)
}

// bearers reads whose tokens something is allowed. An empty entry would stand for
// every token without the claim.
func (c *checker) bearers(s setting, name string, list bearerKeys) auth.Bearers {
	for _, entry := range slices.Concat(list.Subjects, list.Objects, list.Applications, list.Roles) {
		if strings.TrimSpace(entry) == "" {
			c.fail(s, "has an empty entry in %s", name)
		}
	}
	return auth.Bearers(list)
}

func (c *checker) issuers(list []issuerKeys) []auth.Issuer {
	var issuers []auth.Issuer
	for i, each := range list {
		s := c.at(fmt.Sprintf("auth.oidc[%d]", i))
		if each.Issuer == "" {
			c.fail(s, "needs an issuer, such as https://login.microsoftonline.com/TENANT/v2.0")
		}
		issuer := auth.Issuer{URL: each.Issuer, Allow: c.bearers(s, "allow", each.Allow), Administer: c.bearers(s, "admin", each.Admin), Read: c.bearers(s, "read", each.Read)}
		if issuer.Allow.IsEmpty() && issuer.Administer.IsEmpty() {
			c.fail(s, "does not say whose tokens may use the APIs, so every token of the issuer could. Add a line below issuer, with the client ids of your applications (or subjects, objects, roles):\n      allow: {applications: [\"00000000-0000-0000-0000-000000000000\"]}\nand for those that manage keys, phones and event subscriptions:\n      admin: {applications: [\"00000000-0000-0000-0000-000000000000\"]}")
		}
		issuer.Console = auth.Client{ID: each.Console.ID, Secret: auth.Secret(each.Console.Secret)}
		switch people := len(issuer.Administer.Subjects) + len(issuer.Administer.Objects) + len(issuer.Administer.Roles) + len(issuer.Read.Subjects) + len(issuer.Read.Objects) + len(issuer.Read.Roles); {
		case each.Console.ID == "" && each.Console.Secret != "":
			c.fail(s, "has console.client-secret without console.client-id")
		case each.Console.ID != "" && people == 0:
			c.fail(s, "lets nobody into the console: admin or read must name subjects, objects or roles of people, such as\n      admin: {roles: [Switchhook.Admin]}")
		}
		if each.Audience != "" {
			issuer.Audiences = []string{each.Audience}
		}
		issuers = append(issuers, issuer)
	}
	if _, err := auth.NewOIDC(auth.OIDCConfig{Issuers: issuers}); err != nil && len(c.problems) == 0 {
		c.fail(c.at("auth.oidc"), "cannot be used: %v", err)
	}
	return issuers
}
