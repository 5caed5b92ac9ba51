package eventgrid

import (
	"regexp"

	"github.com/switchhook/switchhook/internal/fault"
)

// Destinations that Azure does not have: a NATS subject, and for development a
// file of JSON lines and the tail.

type subjectRequest struct {
	Subject string `json:"subject"`
}

type subjectAnswer struct {
	Subject    string            `json:"subject"`
	Attributes []attributeAnswer `json:"deliveryAttributeMappings,omitempty"`
}

type fileRequest struct {
	FileName string `json:"fileName"`
}

type fileAnswer struct {
	FileName string `json:"fileName"`
}

// tailAnswer has nothing to tell: there is one tail.
type tailAnswer struct{}

// putSubject takes the owner's own headers too: NATS messages have headers.
func (p destinationProperties) putSubject(s *Settings, with rules) error {
	if with.to.Subject == nil {
		return notOffered(kindSubject)
	}
	if err := p.refuseWebhookMembers(kindSubject); err != nil {
		return err
	}
	own, err := attributes(p.Attributes)
	if err != nil {
		return err
	}
	at, err := with.to.Subject(p.Subject)
	if err != nil {
		return fault.Invalid("destination.properties.subject: %s", err.Error())
	}
	s.Endpoint, s.Attributes, s.Target = at, own, Target{Kind: kindSubject, Subject: p.Subject}
	return nil
}

// validFile keeps names inside their folder, on every system.
var validFile = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9]{1,8})?$`)

func (p destinationProperties) putFile(s *Settings, with rules) error {
	if with.to.File == nil {
		return notOffered(kindFile)
	}
	if err := p.refuseHeaders(kindFile); err != nil {
		return err
	}
	if !validFile.MatchString(p.FileName) {
		return fault.Invalid("destination.properties.fileName is %q; it must be a plain name such as incoming.jsonl: letters, digits, hyphens and underscores, without a folder", clip(p.FileName, 70))
	}
	at, err := with.to.File(p.FileName)
	if err != nil {
		return fault.Invalid("destination: %s", err.Error())
	}
	s.Endpoint, s.Target = at, Target{Kind: kindFile, File: p.FileName}
	return nil
}

func (p destinationProperties) putTail(s *Settings, with rules) error {
	if with.to.Tail == nil {
		return notOffered(kindTail)
	}
	if err := p.refuseHeaders(kindTail); err != nil {
		return err
	}
	at, err := with.to.Tail()
	if err != nil {
		return fault.Invalid("destination: %s", err.Error())
	}
	s.Endpoint, s.Target = at, Target{Kind: kindTail}
	return nil
}

// refuseHeaders refuses what only destinations with headers can do.
func (p destinationProperties) refuseHeaders(kind string) error {
	if len(p.Attributes) > 0 {
		return fault.Invalid("destination.properties.deliveryAttributeMappings are headers, which %s has not", kind)
	}
	return p.refuseWebhookMembers(kind)
}
