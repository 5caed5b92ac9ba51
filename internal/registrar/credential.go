package registrar

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

// Bounds on credentials.
const (
	MaxPerIdentity = 10
	MaxUserName    = 32
)

// Credential lets a telephone speak for a user. UserName is what it registers
// with, and by which other phones call the user.
type Credential struct {
	UserName string
	Identity identifier.ID
	CallerID string // the number that its calls to phone numbers show, E.164; "": it calls none
	Created  time.Time
	IssuedBy string // who had it made, as package permit names askers; "": not known
}

// credential is what is stored of one: of the password, what a digest needs.
type credential struct {
	Identity string    `json:"identity"`
	CallerID string    `json:"callerId,omitempty"`
	Created  time.Time `json:"created"`
	MD5      string    `json:"ha1Md5"`
	SHA256   string    `json:"ha1Sha256"`
	IssuedBy string    `json:"issuedBy,omitempty"`

	id identifier.ID
}

// storedCredentials is how credentials are kept, by user name.
var storedCredentials = store.Define[credential]("phone-credentials", store.Unchanged)

func (c *credential) public(userName string) Credential {
	return Credential{UserName: userName, Identity: c.id, CallerID: c.CallerID, Created: c.Created, IssuedBy: c.IssuedBy}
}

// setPassword makes a new password and keeps its hashes.
func (c *credential) setPassword(userName, realm string) (password string) {
	password = strings.ToLower(rand.Text())[:20] // 100 bits
	secret := []byte(userName + ":" + realm + ":" + password)
	short, long := md5.Sum(secret), sha256.Sum256(secret)
	c.MD5, c.SHA256 = hex.EncodeToString(short[:]), hex.EncodeToString(long[:])
	return password
}

// Issue makes a credential for an identity, which has to exist. An empty
// UserName gets six digits. The password is told this once.
func (r *Registrar) Issue(ctx context.Context, want Credential) (made Credential, password string, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	if want.UserName == "" {
		want.UserName = r.freeName()
	}
	if err := checkUserName(want.UserName); err != nil {
		return Credential{}, "", err
	}
	if err := r.room(want.Identity); err != nil {
		return Credential{}, "", err
	}
	c := credential{Identity: want.Identity.Raw(), CallerID: want.CallerID, Created: time.Now().UTC(), IssuedBy: want.IssuedBy, id: want.Identity}
	password = c.setPassword(want.UserName, r.cfg.Realm)
	if err := r.credentialStore.Create(ctx, want.UserName, c); err != nil {
		if fault.Is(err, fault.KindConflict) {
			err = fault.Conflict("the user name %s is taken", want.UserName)
		}
		return Credential{}, "", err
	}
	r.mu.Lock()
	r.indexCredential(want.UserName, &c)
	r.mu.Unlock()
	r.log.Info("phone credential issued", "user", want.UserName, "identity", want.Identity)
	return c.public(want.UserName), password, nil
}

// room says whether an identity may have one more credential.
func (r *Registrar) room(id identifier.ID) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.credentials) >= r.cfg.MaxCredentials {
		return fault.Conflict("there are %d phone credentials already, which is the limit", r.cfg.MaxCredentials)
	}
	if len(r.userNames[id]) >= MaxPerIdentity {
		return fault.Conflict("%s has %d phone credentials already, which is the limit", id, MaxPerIdentity)
	}
	return nil
}

// emergency are numbers that no colleague may have.
var emergency = []string{"000", "110", "111", "112", "118", "119", "911", "999"}

// checkUserName allows what every telephone can be told and dial: letters,
// digits, dots, hyphens and underscores. A name of digits has at most eight, so
// that it is no phone number.
func checkUserName(name string) error {
	switch {
	case len(name) < 2 || len(name) > MaxUserName:
		return fault.Invalid("a phone's user name must have 2 to %d characters", MaxUserName)
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != "":
		return fault.Invalid("the user name %.40q has other characters than letters, digits, dots, hyphens and underscores", name)
	case strings.Trim(name, "0123456789.-") == "" && len(name) > 8:
		return fault.Invalid("the user name %s could be a phone number: one of digits has at most 8", name)
	case slices.Contains(emergency, name):
		return fault.Invalid("the user name %s is an emergency number", name)
	}
	return nil
}

// freeName draws six digits that nobody has.
func (r *Registrar) freeName() string {
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(800_000))
		if err != nil {
			panic(err) // the system has no randomness
		}
		name := n.Add(n, big.NewInt(200_000)).String() // no leading 0 or 1, which reach lines and operators
		if _, taken := r.Find(name); !taken {
			return name
		}
	}
}

// Reset replaces a password; what has registered with the old one is forgotten. Who
// asks for it learns the password, and has issued the credential from then on.
func (r *Registrar) Reset(ctx context.Context, userName, issuedBy string) (password string, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	r.mu.Lock()
	known, ok := r.credentials[userName]
	r.mu.Unlock()
	if !ok {
		return "", noSuch(userName)
	}
	c := *known
	c.IssuedBy = issuedBy
	password = c.setPassword(userName, r.cfg.Realm)
	if err := r.credentialStore.Put(ctx, userName, c); err != nil {
		return "", err
	}
	r.mu.Lock()
	r.credentials[userName] = &c
	r.mu.Unlock()
	r.log.Info("phone password replaced", "user", userName)
	return password, r.removeAllBindings(ctx, userName)
}

// Remove ends a credential and everything registered with it.
func (r *Registrar) Remove(ctx context.Context, userName string) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.remove(ctx, userName)
}

func (r *Registrar) remove(ctx context.Context, userName string) error {
	if err := r.credentialStore.Delete(ctx, userName); err != nil {
		if fault.Is(err, fault.KindNotFound) {
			return noSuch(userName)
		}
		return err
	}
	r.mu.Lock()
	if c := r.credentials[userName]; c != nil {
		delete(r.credentials, userName)
		if r.userNames[c.id] = without(r.userNames[c.id], userName); len(r.userNames[c.id]) == 0 {
			delete(r.userNames, c.id)
		}
	}
	r.mu.Unlock()
	r.log.Info("phone credential removed", "user", userName)
	return r.removeAllBindings(ctx, userName)
}

// RemoveIdentity ends all credentials of a user who is deleted.
func (r *Registrar) RemoveIdentity(ctx context.Context, id identifier.ID) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for _, c := range r.CredentialsOf(id) {
		if err := r.remove(ctx, c.UserName); err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
	}
	return nil
}

// SignOut removes the bindings of a user: each telephone has to show its password
// again.
func (r *Registrar) SignOut(ctx context.Context, id identifier.ID) error {
	r.writing.Lock()
	defer r.writing.Unlock()
	for _, c := range r.CredentialsOf(id) {
		if err := r.removeAllBindings(ctx, c.UserName); err != nil {
			return err
		}
	}
	return nil
}

func noSuch(userName string) error {
	return fault.NotFound("there is no phone with the user name %.40s", userName).WithCode("PhoneNotFound")
}

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

// Of lists the credentials of an identity, the oldest first.
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

// Any reports whether any telephone may register.
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
