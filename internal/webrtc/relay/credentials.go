package relay

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

// realm is short: whoever is refused is sent it.
const realm = "switchhook"

// credentialTime is how long credentials open allocations. A client gets new ones with
// each welcome, and asks for them where it opens something later.
const credentialTime = 10 * time.Minute

// credentials are good until a time that the user name names, and for the user that it
// names: the password is a MAC of it, so that nothing is kept (as in draft-uberti-behave-
// turn-rest-00). The key lives as long as the process.
//
// Their time passes as the process lives, whatever the clock of the machine is set to: set
// forward, it would end them all.
type credentials struct {
	key    [32]byte
	begun  time.Time // by the clock of the machine
	steady time.Time // the same moment, by the one that nobody sets
}

func newCredentials(wall func() time.Time) *credentials {
	c := &credentials{begun: wall(), steady: time.Now()}
	_, _ = rand.Read(c.key[:]) // never fails
	return c
}

// now is the time by the clock as it was at the beginning.
func (c *credentials) now() time.Time { return c.begun.Add(time.Since(c.steady)) }

// give makes those of a user.
func (c *credentials) give(user string) (name, password string) {
	name = strconv.FormatInt(c.now().Add(credentialTime).Unix(), 10) + ":" + user
	return name, c.password(name)
}

func (c *credentials) password(name string) string {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write([]byte(name))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// maxName bounds a user name, in bytes. Raw ids have 90.
const maxName = 256

// check tells pion the key of a request's user (RFC 8489 §9.2.2). Whether the client has
// the password is known after that.
//
// Browsers refresh an allocation with the credentials that opened it, however long a call
// lasts. So those that have expired refresh what there is while the user has a session.
func (c *credentials) check(request *turn.RequestAttributes, present func(user string) bool) (user string, key []byte, ok bool) {
	if len(request.Username) > maxName || request.Realm != realm {
		return "", nil, false
	}
	until, user, ok := strings.Cut(request.Username, ":")
	if !ok || user == "" {
		return "", nil, false
	}
	seconds, err := strconv.ParseInt(until, 10, 64)
	if err != nil {
		return "", nil, false
	}
	if c.now().Unix() > seconds && (request.Method == stun.MethodAllocate || !present(user)) {
		return "", nil, false
	}
	return user, turn.GenerateAuthKey(request.Username, realm, c.password(request.Username)), true
}
