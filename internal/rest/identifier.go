package rest

import (
	"encoding/json"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Identifier is Azure's CommunicationIdentifierModel: an ID on the wire of HTTP
// answers and callbacks, rawId first. The zero Identifier is null; tag a field
// omitzero to leave it out.
type Identifier struct{ identifier.ID }

// GridIdentifier is the same on the wire of Event Grid, kind first.
type GridIdentifier struct{ identifier.ID }

// The parts of the model.
type (
	wireUser struct {
		ID string `json:"id"`
	}
	wirePhone struct {
		Value       string `json:"value"`
		IsAnonymous bool   `json:"isAnonymous,omitempty"`
		AssertedID  string `json:"assertedId,omitempty"`
	}
	wireTeamsUser struct {
		UserID      string `json:"userId"`
		IsAnonymous bool   `json:"isAnonymous"`
		Cloud       string `json:"cloud,omitempty"`
	}
	wireTeamsApp struct {
		AppID string `json:"appId"`
		Cloud string `json:"cloud,omitempty"`
	}
	wireTeamsExtension struct {
		UserID     string `json:"userId"`
		TenantID   string `json:"tenantId"`
		ResourceID string `json:"resourceId"`
		Cloud      string `json:"cloud,omitempty"`
	}
	wireParts struct {
		User           *wireUser           `json:"communicationUser,omitempty"`
		Phone          *wirePhone          `json:"phoneNumber,omitempty"`
		TeamsUser      *wireTeamsUser      `json:"microsoftTeamsUser,omitempty"`
		TeamsApp       *wireTeamsApp       `json:"microsoftTeamsApp,omitempty"`
		TeamsExtension *wireTeamsExtension `json:"teamsExtensionUser,omitempty"`
	}
)

// MarshalJSON writes rawId, kind and the part.
func (i Identifier) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(struct {
		RawID string `json:"rawId"`
		Kind  string `json:"kind"`
		wireParts
	}{i.Raw(), i.Kind().String(), partsOf(i.ID)})
}

// MarshalJSON writes kind, rawId and the part.
func (i GridIdentifier) MarshalJSON() ([]byte, error) {
	if i.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(struct {
		Kind  string `json:"kind"`
		RawID string `json:"rawId"`
		wireParts
	}{i.Kind().String(), i.Raw(), partsOf(i.ID)})
}

// clouds are the prefixes of raw ids by cloud; what is left out is public.
var clouds = []struct{ cloud, user, app, acs string }{
	{"public", "8:orgid:", "28:orgid:", "8:acs:"},
	{"dod", "8:dod:", "28:dod:", "8:dod-acs:"},
	{"gcch", "8:gcch:", "28:gcch:", "8:gcch-acs:"},
}

const teamsVisitor = "8:teamsvisitor:"

func partsOf(id identifier.ID) (p wireParts) {
	raw := id.Raw()
	switch id.Kind() {
	case identifier.CommunicationUser:
		p.User = &wireUser{ID: raw}
	case identifier.PhoneNumber:
		p.Phone = phoneOf(id)
	case identifier.MicrosoftTeamsUser:
		if user, ok := strings.CutPrefix(raw, teamsVisitor); ok {
			p.TeamsUser = &wireTeamsUser{UserID: user, IsAnonymous: true, Cloud: "public"}
		}
		for _, c := range clouds {
			if user, ok := strings.CutPrefix(raw, c.user); ok {
				p.TeamsUser = &wireTeamsUser{UserID: user, Cloud: c.cloud}
			}
		}
	case identifier.MicrosoftTeamsApp:
		for _, c := range clouds {
			if app, ok := strings.CutPrefix(raw, c.app); ok {
				p.TeamsApp = &wireTeamsApp{AppID: app, Cloud: c.cloud}
			}
		}
	case identifier.TeamsExtensionUser:
		for _, c := range clouds {
			rest, ok := strings.CutPrefix(raw, c.acs)
			if parts := strings.Split(rest, "_"); ok && len(parts) == 3 {
				p.TeamsExtension = &wireTeamsExtension{ResourceID: parts[0], TenantID: parts[1], UserID: parts[2], Cloud: c.cloud}
			}
		}
	}
	return p
}

func phoneOf(id identifier.ID) *wirePhone {
	_, asserted, _ := strings.Cut(id.Number(), "_")
	return &wirePhone{Value: id.Number(), IsAnonymous: id.IsAnonymous(), AssertedID: asserted}
}

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
	case parseErr != nil:
		return fault.Invalid("%s", parseErr.Error())
	case wire.User != nil && id.Kind() != identifier.CommunicationUser && id.Kind() != identifier.TeamsExtensionUser:
		return fault.Invalid("communicationUser.id %q is no user id such as 8:acs:{resource}_{user}", clip(raw))
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

// contradicts reports whether kind says something else than the id. Clients
// older than a kind call it unknown, or communicationUser for the users of a
// Teams extension.
func (w wireIdentifier) contradicts(id identifier.ID) bool {
	switch w.Kind {
	case "", identifier.Unknown.String(), id.Kind().String():
		return false
	}
	return id.Kind() != identifier.TeamsExtensionUser || w.Kind != identifier.CommunicationUser.String()
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
