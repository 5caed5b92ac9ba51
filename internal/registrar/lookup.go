package registrar

import (
	"slices"
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Find returns the credential of a user name.
func (r *Registrar) Find(userName string) (Credential, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.credentials[userName]
	if !ok {
		return Credential{}, false
	}
	return c.public(userName), true
}

// List returns all credentials in the order of their names.
func (r *Registrar) List() (list []Credential) {
	r.mu.Lock()
	for name, c := range r.credentials {
		list = append(list, c.public(name))
	}
	r.mu.Unlock()
	slices.SortFunc(list, func(a, b Credential) int { return strings.Compare(a.UserName, b.UserName) })
	return list
}

// CredentialsOf lists the credentials of an identity, the oldest first.
func (r *Registrar) CredentialsOf(id identifier.ID) (list []Credential) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range r.userNames[id] {
		list = append(list, r.credentials[name].public(name))
	}
	return list
}

// indexCredential adds a credential to the indexes. It runs under r.mu, or before
// anybody else is there.
func (r *Registrar) indexCredential(userName string, c *credential) {
	r.credentials[userName] = c
	r.userNames[c.id] = append(r.userNames[c.id], userName)
}

func without(list []string, gone string) []string {
	return slices.DeleteFunc(list, func(name string) bool { return name == gone })
}

// HasCredentials reports whether any telephone may register.
func (r *Registrar) HasCredentials() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.credentials) > 0
}

// Secret returns the hash of user name, realm and password that a digest of an
// algorithm ("MD5" or "SHA-256") is computed with. An unknown user has one that
// no password gives, so that it takes as long to refuse.
func (r *Registrar) Secret(userName, algorithm string) (ha1 string, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c, ok := r.credentials[userName]
	switch {
	case !ok:
		return strings.Repeat("0", 32), false
	case strings.EqualFold(algorithm, "SHA-256"):
		return c.SHA256, true
	}
	return c.MD5, true
}
