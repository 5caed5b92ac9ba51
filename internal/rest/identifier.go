package rest

import (
	"encoding/json"
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Identifier is Azure's CommunicationIdentifierModel: an ID on the wire of HTTP
// answers and callbacks, rawId first. The zero Identifier is null; tag a field
// omitzero to leave it out.
type Identifier struct{ identifier.ID }

// GridIdentifier is the same on the wire of Event Grid: kind first, and of a
// phone number its value alone.
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
	parts := partsOf(i.ID)
	if parts.Phone != nil {
		parts.Phone = &wirePhone{Value: parts.Phone.Value}
	}
	return json.Marshal(struct {
		Kind  string `json:"kind"`
		RawID string `json:"rawId"`
		wireParts
	}{i.Kind().String(), i.Raw(), parts})
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
		phone := phoneOf(id)
		p.Phone = &phone
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

func phoneOf(id identifier.ID) wirePhone {
	_, asserted, _ := strings.Cut(id.Number(), "_")
	return wirePhone{Value: id.Number(), IsAnonymous: id.IsAnonymous(), AssertedID: asserted}
}
