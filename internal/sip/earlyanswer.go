package sip

import (
	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// earlyAnswers are the answers to our offer that came before the call was taken: one of each
// branch of a fork (RFC 3261 §13.2.2.4).
type earlyAnswers struct {
	byTag   map[string]*sdp.Session // of the branches, at most maxForks
	inForce string                  // the tag of the branch that is heard
}

// readEarlyAnswer takes the description of a provisional response: its branch is heard from
// now on.
func (l *leg) readEarlyAnswer(response *sip.Response) error {
	answer, err := l.answerIn(response)
	if err != nil {
		return err
	}
	if err := l.acceptAnswer(answer); err != nil {
		return err
	}
	e, tag := &l.out.early, header.ToTag(response)
	if e.inForce = tag; e.byTag == nil {
		e.byTag = make(map[string]*sdp.Session)
	}
	if _, known := e.byTag[tag]; known || len(e.byTag) < maxForks {
		e.byTag[tag] = answer
	}
	return nil
}

// readFinal reads the description of a 2xx. Its branch may have answered our offer before;
// then that is in force, and not what another branch has said since.
func (l *leg) readFinal(response *sip.Response) error {
	if describes(response) || l.media.agreed.Codec() == "" {
		return l.readAnswer(response)
	}
	tag := header.ToTag(response)
	if before := l.out.early.byTag[tag]; before != nil && tag != l.out.early.inForce {
		return l.acceptAnswer(before)
	}
	return nil
}

// offersOnlySRTP changes our offer where a callee that has not rung refuses RTP with keys
// beside it (RTP/AVP with a=crypto): one that insists on SRTP wants RTP/SAVP (RFC 4568
// §3.1). It returns false where another INVITE makes no sense.
func (l *leg) offersOnlySRTP(response *sip.Response) bool {
	refused := response.StatusCode == sip.StatusNotAcceptableHere || response.StatusCode == sip.StatusGlobalNotAcceptable
	if !refused || l.out.rang || l.terms.security != sdp.Optional {
		return false
	}
	l.terms.security = sdp.Required
	return true
}
