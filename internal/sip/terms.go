package sip

import (
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// terms are the conditions that a leg and its peer talk under: what the settings
// of a trunk say, or what holds for the telephones of users.
type terms struct {
	name string // of the peer, in records and logs

	codecs   []string // that the peer may speak, the best first
	ptime    time.Duration
	security sdp.Security // SRTP

	keys        trunk.Keys        // how it wants keys
	refer       trunk.Refer       // when the peer is asked to carry a transfer out
	acceptRefer trunk.AcceptRefer // whom the peer may ask to be transferred to

	account   string           // that we registered with at the peer: calls come to it; "" none
	shown     *trunk.Shown     // how callers are shown to the peer
	rewriting *trunk.Rewriting // how the peer writes numbers
}

// securities are the trunks' wishes in the words of session descriptions.
var securities = map[trunk.SRTP]sdp.Security{trunk.Off: sdp.Off, trunk.Optional: sdp.Optional, trunk.Required: sdp.Required}

// trunkTerms are those of a trunk.
func trunkTerms(t *trunk.Trunk) terms {
	made := terms{
		name: t.Name, codecs: t.Codecs, ptime: t.PTime, security: securities[t.SRTP],
		keys: t.Keys, refer: t.Refer, acceptRefer: t.AcceptRefer, shown: &t.Shown, rewriting: &t.Rewriting,
	}
	if t.Register != nil {
		made.account = t.Register.User
	}
	return made
}

// phoneTerms are those of the telephones of users. Whatever carries their
// signalling, they may ask for SRTP.
func phoneTerms() terms {
	return terms{
		name: "phones", codecs: phoneCodecs, security: sdp.Optional,
		refer: trunk.ReferNever, acceptRefer: trunk.AcceptAny, shown: &trunk.Shown{}, rewriting: &trunk.Rewriting{},
	}
}

// phoneCodecs are what users' telephones may speak, the best first.
var phoneCodecs = []string{"G722", "PCMA", "PCMU"}

// available are the codecs that this machine has as well.
func (t terms) available() (list []string) {
	if !slices.ContainsFunc(t.codecs, isMissing) {
		return t.codecs
	}
	for _, name := range t.codecs {
		if _, ok := codec.Named(name); ok {
			list = append(list, name)
		}
	}
	return list
}

func isMissing(name string) bool {
	_, ok := codec.Named(name)
	return !ok
}

// origin is who is at the other end: a trunk, or a user's telephone.
type origin struct {
	terms      terms
	trunk      *trunk.Trunk          // nil for a telephone
	credential *registrar.Credential // whose telephone calls; nil for a trunk
	user       string                // the user name of a telephone; "" for a trunk
	agent      string                // what the telephone calls itself
	device     *registrar.Device     // which of the user's it is; nil: unknown
}

func originTrunk(t *trunk.Trunk) origin { return origin{terms: trunkTerms(t), trunk: t} }

// originPhone is a telephone that sends a request.
func (s *Server) originPhone(c registrar.Credential, request *sip.Request) origin {
	return origin{
		terms: phoneTerms(), credential: &c, user: c.UserName, agent: header.UserAgent(request),
		device: s.cfg.Phones.DeviceAt(c.UserName, flowOf(request)),
	}
}

// originDevice is a telephone that has registered.
func originDevice(d registrar.Binding) origin {
	return origin{terms: phoneTerms(), user: d.UserName, agent: d.UserAgent, device: d.Device()}
}
