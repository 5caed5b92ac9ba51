package sip

import (
	"slices"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// credentials are the client side of digest authentication (RFC 3261 §22, RFC 7616)
// with one account: the newest nonce of every realm that has asked, and how often it
// was used. They belong to a dialog, a registration or the pings of a trunk, and are
// used by one goroutine.
type credentials struct {
	of      *trunk.Trunk
	realms  []*realmNonce
	refused bool // a realm does not take the account
}

// realmNonce is the newest challenge of a realm (a protection space, RFC 7616 §3.3).
type realmNonce struct {
	key         realmKey
	algorithm   string            // as the realm writes it
	challenge   *digest.Challenge // its algorithm is the hash alone, without "-sess"
	hasSession  bool              // the algorithm ends in "-sess"
	emptyOpaque bool              // opaque="" is to be repeated
	session     sessionKey        // once the challenge was answered
	count       int               // uses of the nonce
}

// realmKey names a realm. A proxy and the callee may use the same name.
type realmKey struct {
	answer string // "Authorization" or "Proxy-Authorization"
	name   string
}

// maxRealms bounds the realms on the way of one dialog.
const maxRealms = 8

// newCredentials are those of a trunk; nil where it has none.
func newCredentials(of *trunk.Trunk) *credentials {
	if of == nil || of.Username == "" {
		return nil
	}
	return &credentials{of: of}
}

// sign adds the answer to every challenge so far, and returns the nonces that it used.
func (c *credentials) sign(request *sip.Request) (used map[realmKey]string, err error) {
	used = make(map[realmKey]string, len(c.realms))
	for _, r := range c.realms {
		r.count++
		text, err := r.answer(c.of, request)
		if err != nil {
			return used, err
		}
		used[r.key] = r.challenge.Nonce
		request.AppendHeader(sip.NewHeader(r.key.answer, text))
	}
	return used, nil
}

// keep takes a challenge in place of the realm's last one. It returns false where too
// many realms have asked.
func (c *credentials) keep(r *realmNonce) bool {
	if i := slices.IndexFunc(c.realms, func(known *realmNonce) bool { return known.key == r.key }); i >= 0 {
		c.realms[i] = r
		return true
	}
	if len(c.realms) == maxRealms {
		return false
	}
	c.realms = append(c.realms, r)
	return true
}

// takeNextNonce takes the nonce that an accepted request was answered with for the next
// one (RFC 7616 §3.5, RFC 7615 §4). The field names no realm: it counts where only one
// realm was shown that kind of credentials.
func (c *credentials) takeNextNonce(response *sip.Response, used map[realmKey]string) {
	for answer, told := range map[string]string{"Authorization": "Authentication-Info", "Proxy-Authorization": "Proxy-Authentication-Info"} {
		params, ok := header.DigestParams(header.First(response, told), "")
		if !ok || params["nextnonce"] == "" {
			continue
		}
		var shown []*realmNonce
		for _, r := range c.realms {
			if _, was := used[r.key]; was && r.key.answer == answer {
				shown = append(shown, r)
			}
		}
		if len(shown) == 1 {
			next := *shown[0].challenge
			next.Nonce = params["nextnonce"]
			shown[0].challenge, shown[0].count = &next, 0
		}
	}
}
