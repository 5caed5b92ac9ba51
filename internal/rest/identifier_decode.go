package rest

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// UnmarshalJSON reads a model with or without kind and rawId: the part says
// whom it names, else rawId does. Several parts, a kind that contradicts, and a
// model that names nobody are fault.Invalid.
func (i *Identifier) UnmarshalJSON(text []byte) error {
	var wire wireIdentifier
	if string(text) == "null" {
		return nil
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	raw, err := wire.raw()
	if err != nil {
		return err
	}
	if raw == "" {
		raw = wire.RawID
	} else if strings.HasPrefix(wire.RawID, raw+"_") {
		raw = wire.RawID // it adds the asserted id
	}
	id, parseErr := identifier.Parse(raw)
	switch {
	case raw == "":
		return fault.Invalid("an identifier needs a rawId, or one of communicationUser, phoneNumber, microsoftTeamsUser, microsoftTeamsApp and teamsExtensionUser")
	case wire.Phone != nil && (parseErr != nil || id.Kind() != identifier.PhoneNumber):
		return noNumber("phoneNumber.value ", wire.Phone.Value)
	case parseErr != nil && wire.User == nil:
		return fault.Invalid("%s", parseErr.Error())
	case wire.User != nil && id.Kind() != identifier.CommunicationUser && id.Kind() != identifier.TeamsExtensionUser:
		return fault.Invalid("communicationUser.id %q is not a user id such as 8:acs:{resource}_{user}", clip(raw))
	case id.Kind() == identifier.Unknown && wire.wireParts != (wireParts{}):
		return fault.Invalid("the identifier's part is incomplete: it names %q", clip(raw))
	case wire.contradicts(id):
		return fault.Invalid("the identifier's kind is %q, but %q is of kind %s", clip(wire.Kind), clip(raw), id.Kind())
	}
	i.ID = id
	return nil
}

// wireIdentifier is the model as it is read.
type wireIdentifier struct {
	Kind  string `json:"kind"`
	RawID string `json:"rawId"`
	wireParts
}

func (Identifier) model() reflect.Type { return reflect.TypeFor[wireIdentifier]() }

// contradicts reports whether kind says something else than the id. Clients
// older than a kind call it unknown, or communicationUser for the users of a
// Teams extension.
func (w wireIdentifier) contradicts(id identifier.ID) bool {
	says := func(kind identifier.Kind) bool { return strings.EqualFold(w.Kind, kind.String()) }
	if w.Kind == "" || says(identifier.Unknown) || says(id.Kind()) {
		return false
	}
	return id.Kind() != identifier.TeamsExtensionUser || !says(identifier.CommunicationUser)
}

// raw returns the raw id that the one part names, "" for no part.
func (p wireParts) raw() (string, error) {
	var found []string
	if p.User != nil {
		found = append(found, p.User.ID)
	}
	if p.Phone != nil {
		found = append(found, p.Phone.raw())
	}
	if p.TeamsUser != nil {
		prefix := teamsVisitor
		if !p.TeamsUser.IsAnonymous {
			prefix = clouds[cloudIndex(p.TeamsUser.Cloud)].user
		}
		found = append(found, prefix+p.TeamsUser.UserID)
	}
	if p.TeamsApp != nil {
		found = append(found, clouds[cloudIndex(p.TeamsApp.Cloud)].app+p.TeamsApp.AppID)
	}
	if e := p.TeamsExtension; e != nil {
		found = append(found, clouds[cloudIndex(e.Cloud)].acs+e.ResourceID+"_"+e.TenantID+"_"+e.UserID)
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		if found[0] == "" {
			return "", fault.Invalid("the identifier's only part is empty")
		}
		return found[0], nil
	}
	return "", fault.Invalid("an identifier names one party; this one has %d parts", len(found))
}

func (p *wirePhone) raw() string {
	switch {
	case p.IsAnonymous:
		return "4:anonymous"
	case p.AssertedID != "" && !strings.HasSuffix(p.Value, "_"+p.AssertedID):
		return "4:" + p.Value + "_" + p.AssertedID
	}
	return "4:" + p.Value
}

func cloudIndex(cloud string) int {
	for i, c := range clouds {
		if strings.EqualFold(c.cloud, cloud) {
			return i
		}
	}
	return 0
}
