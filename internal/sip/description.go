package sip

import (
	"errors"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// offerOf reads the session description of a request; nil where it has none.
// What cannot be read is answered.
func (s *Server) offerOf(request *sip.Request, tx *transaction.Server) (offer *sdp.Session, refused bool) {
	content, err := header.ReadContent(request, header.SDPType)
	switch {
	case err != nil:
		s.respond(request, tx, sip.StatusBadRequest, "Bad Body", header.Warning(s.cfg.UserAgent, err))
		return nil, true
	case content.Refused:
		takes := []sip.Header{sip.NewHeader("Accept", header.AcceptSDP)}
		if header.HasTokens(request, "Content-Encoding") { // RFC 3261 §8.2.3
			takes = append(takes, sip.NewHeader("Accept-Encoding", "identity"))
		}
		s.respond(request, tx, sip.StatusUnsupportedMediaType, "Unsupported Media Type", takes...)
		return nil, true
	case content.Data == nil:
		return nil, false
	}
	if offer, err = sdp.Parse(content.Data); err != nil {
		s.respond(request, tx, sip.StatusBadRequest, "Bad Session Description", header.Warning(s.cfg.UserAgent, err))
		return nil, true
	}
	s.mediaNames.place(offer, sourceOf(request).Addr())
	return offer, false
}

// describes reports whether a response has a session description.
func describes(response *sip.Response) bool {
	content, err := header.ReadContent(response, header.SDPType)
	return err != nil || content.Data != nil || content.Refused
}

var errNoDescription = errors.New("the answer has no session description")

// readAnswer takes the description that answers our offer.
func (l *leg) readAnswer(message sip.Message) error {
	answer, err := l.answerIn(message)
	if err != nil {
		return err
	}
	return l.acceptAnswer(answer)
}

// answerIn reads the description that answers our offer. Nothing can refuse other
// parts of a response or an ACK, so they are left out, whatever they are.
func (l *leg) answerIn(message sip.Message) (*sdp.Session, error) {
	content, err := header.ReadContent(message, header.SDPType)
	if err != nil {
		return nil, err
	}
	if content.Data == nil {
		return nil, errNoDescription
	}
	answer, err := sdp.Parse(content.Data)
	if err != nil {
		return nil, err
	}
	l.server.mediaNames.place(answer, l.dialog.source.Addr())
	return answer, nil
}

// acceptAnswer sets the sound up as the peer has answered.
func (l *leg) acceptAnswer(answer *sdp.Session) error {
	agreed, err := sdp.Accept(l.local(nil), answer)
	if err != nil {
		return err
	}
	l.agree(agreed)
	return nil
}
