package sip

import (
	"cmp"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// authorization carries one request through the challenges of all who ask on its way,
// by the credentials of its dialog. Each attempt is signed for every realm so far:
//
//	signed → challenged → signed → … → accepted
//	signed → challenged → refused
//
// A nil authorization signs nothing and answers nothing.
type authorization struct {
	by       *credentials
	used     map[realmKey]string // the nonces that the last attempt signed
	answered map[realmKey]bool   // realms whose challenge this request has answered
	refusals int                 // challenges so far
}

// maxRefusals bounds the challenges to one request: three realms in a row whose nonces
// serve one request each need seven.
const maxRefusals = 8

// authorize begins the way of one request.
func (c *credentials) authorize() *authorization {
	if c == nil {
		return nil
	}
	return &authorization{by: c, answered: make(map[realmKey]bool)}
}

// sign adds credentials to the next attempt, whose body must be complete.
func (a *authorization) sign(request *sip.Request) {
	if a == nil {
		return
	}
	// An error leaves a realm without an answer: its challenge comes again, and is final.
	a.used, _ = a.by.sign(request)
}

// withdraw takes back the credentials of the last attempt, which was not sent: some peers
// want each count of a nonce.
func (a *authorization) withdraw() {
	if a == nil {
		return
	}
	for _, r := range a.by.realms {
		if _, signed := a.used[r.key]; signed {
			r.count--
		}
	}
	a.used = nil
}

// again takes the response to the last attempt. It returns true where the request must
// be sent once more: each realm is answered once per nonce, and once more for a nonce
// that it calls stale. A realm that asks otherwise has refused the password, and to ask
// again would only lock the account.
func (a *authorization) again(response *sip.Response) bool {
	switch {
	case a == nil || response.IsProvisional():
		return false
	case response.IsSuccess():
		a.by.takeNextNonce(response, a.used)
		return false
	case !isChallenge(response.StatusCode) || a.refusals == maxRefusals:
		return false
	}
	a.refusals++
	asked := challengesIn(response)
	for _, r := range asked {
		nonce, shown := a.used[r.key]
		if shown && nonce == r.challenge.Nonce || a.answered[r.key] && !r.challenge.Stale {
			a.by.refused = true
			return false
		}
	}
	kept := 0
	for _, r := range asked {
		if a.by.keep(r) {
			a.answered[r.key] = true
			kept++
		}
	}
	return kept > 0
}

// algorithms are those that we answer, the strongest first. Of several challenges of
// one realm the strongest counts, whatever their order: who offers MD5 first does it for
// phones that read but one (RFC 8760 §2.4 leaves this to us).
var algorithms = []string{"SHA-512-256", "SHA-512-256-SESS", "SHA-256", "SHA-256-SESS", "MD5", "MD5-SESS"}

// challengesIn are the challenges of a response that we can answer, one of each realm. A
// proxy that forked may give those of proxies and callees in one (RFC 3261 §22.3).
func challengesIn(response *sip.Response) (list []*realmNonce) {
	for _, kind := range []struct{ asked, answer string }{
		{"Proxy-Authenticate", "Proxy-Authorization"}, {"WWW-Authenticate", "Authorization"},
	} {
		for _, value := range header.Values(response, kind.asked) {
			next := parseChallenge(value)
			if next == nil {
				continue
			}
			next.key = realmKey{kind.answer, next.challenge.Realm}
			at := slices.IndexFunc(list, func(r *realmNonce) bool { return r.key == next.key })
			switch {
			case at < 0:
				list = append(list, next)
			case strength(next.algorithm) < strength(list[at].algorithm):
				list[at] = next
			}
		}
	}
	return list
}

// strength is the place of a challenge's algorithm; negative where we do not know it.
// None is MD5 (RFC 7616 §3.3).
func strength(algorithm string) int {
	return slices.Index(algorithms, strings.ToUpper(cmp.Or(algorithm, "MD5")))
}

// maxChallenge bounds a challenge: our requests repeat most of it.
const maxChallenge = 2048

// parseChallenge reads one challenge; nil where we cannot answer it.
func parseChallenge(value string) *realmNonce {
	params, ok := header.DigestParams(value, "Digest")
	if !ok || params["nonce"] == "" || len(value) > maxChallenge || strength(params["algorithm"]) < 0 {
		return nil
	}
	r := &realmNonce{algorithm: params["algorithm"], challenge: &digest.Challenge{
		Realm: params["realm"], Nonce: params["nonce"], Opaque: params["opaque"],
		Stale: strings.EqualFold(params["stale"], "true"), Userhash: strings.EqualFold(params["userhash"], "true"),
	}}
	r.challenge.Algorithm, r.hasSession = cutSession(r.algorithm)
	opaque, told := params["opaque"]
	r.emptyOpaque = told && opaque == ""
	for qop := range strings.SplitSeq(params["qop"], ",") {
		if qop = strings.ToLower(strings.TrimSpace(qop)); qop != "" {
			r.challenge.QOP = append(r.challenge.QOP, qop)
		}
	}
	if !digest.CanDigest(r.challenge) {
		return nil
	}
	return r
}
