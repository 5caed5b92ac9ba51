package registrar

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

// Bounds on credentials.
const (
	maxPerIdentity = 10
	maxUserName    = 32
)

// Credential lets a telephone speak for a user. UserName is what it registers
// with, and by which other phones call the user.
type Credential struct {
	UserName string
	Identity identifier.ID
	CallerID string // the number that its calls to phone numbers show, E.164; "": it calls none
	Created  time.Time
	IssuedBy string // who had it made, as package permit names askers; "": not known

	version string // changes with the password
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
	return Credential{UserName: userName, Identity: c.id, CallerID: c.CallerID, Created: c.Created, IssuedBy: c.IssuedBy, version: c.SHA256}
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
		return fault.Conflict("there are %d phone credentials already, which is the limit: remove those that nobody uses", r.cfg.MaxCredentials)
	}
	if len(r.userNames[id]) >= maxPerIdentity {
		return fault.Conflict("%s has %d phone credentials already, which is the limit: remove one that nobody uses", id, maxPerIdentity)
	}
	return nil
}
