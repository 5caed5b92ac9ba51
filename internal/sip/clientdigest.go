package sip

import (
	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// credentials are the client side of digest authentication (RFC 3261 §22): they
// answer a trunk's challenge for the INVITE and then, with the same nonce, for
// what follows it.
type credentials struct {
	challenge *digest.Challenge
	header    string // "Authorization" or "Proxy-Authorization"
	count     int
	renewed   bool // one stale nonce was replaced
	last      string
}

// challenges reports whether a response asks who we are.
func challenges(response *sip.Response) bool {
	return response.StatusCode == sip.StatusUnauthorized || response.StatusCode == sip.StatusProxyAuthRequired
}

// challenged keeps a challenge. It returns false where another attempt would
// only be refused again: no credentials, or those that we have were refused.
func (l *leg) challenged(response *sip.Response) bool {
	if l.out == nil || l.trunk == nil || l.trunk.Username == "" {
		return false
	}
	found := challengeOf(response)
	if found == nil {
		return false
	}
	if before := l.out.credentials; before != nil {
		if !found.challenge.Stale || before.renewed {
			return false
		}
		found.renewed = true
	}
	l.out.credentials = found
	return true
}

// challengeOf finds the first challenge that we can answer.
func challengeOf(response *sip.Response) *credentials {
	asked, answer := "WWW-Authenticate", "Authorization"
	if response.StatusCode == sip.StatusProxyAuthRequired {
		asked, answer = "Proxy-Authenticate", "Proxy-Authorization"
	}
	for _, field := range response.GetHeaders(asked) {
		challenge, err := digest.ParseChallenge(field.Value())
		if err == nil {
			challenge.Algorithm = sip.ASCIIToUpper(challenge.Algorithm) // some write md5
			if digest.CanDigest(challenge) {
				return &credentials{challenge: challenge, header: answer}
			}
		}
	}
	return nil
}

// authorize adds our credentials, once a challenge has asked for them.
func (l *leg) authorize(request *sip.Request) {
	if l.out == nil || l.out.credentials == nil {
		return
	}
	c := l.out.credentials
	c.count++
	answer, err := digest.Digest(c.challenge, digest.Options{
		Method: string(request.Method), URI: request.Recipient.String(), Count: c.count,
		Username: l.trunk.Username, Password: string(l.trunk.Password),
	})
	if err != nil {
		l.log.Warn("cannot answer the trunk's digest challenge", "error", err)
		return
	}
	c.last = answer.String()
	request.AppendHeader(sip.NewHeader(c.header, c.last))
}

// authorizeACK repeats the INVITE's credentials: an ACK cannot be challenged
// (RFC 3261 §22.1).
func (l *leg) authorizeACK(ack *sip.Request) {
	if l.out != nil && l.out.credentials != nil {
		ack.AppendHeader(sip.NewHeader(l.out.credentials.header, l.out.credentials.last))
	}
}
