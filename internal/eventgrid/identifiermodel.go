package eventgrid

import (
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
)

// identifierModel is a CommunicationIdentifierModel as events carry it: the
// kind comes first, and at most one of the members below rawId is present.
type identifierModel struct {
	Kind              string           `json:"kind"`
	RawID             string           `json:"rawId"`
	CommunicationUser *userModel       `json:"communicationUser,omitempty"`
	PhoneNumber       *phoneModel      `json:"phoneNumber,omitempty"`
	TeamsUser         *teamsUserModel  `json:"microsoftTeamsUser,omitempty"`
	TeamsApp          *teamsAppModel   `json:"microsoftTeamsApp,omitempty"`
	TeamsExtension    *teamsPhoneModel `json:"teamsExtensionUser,omitempty"`
}

type userModel struct {
	ID string `json:"id"`
}

type phoneModel struct {
	Value string `json:"value"`
}

type teamsUserModel struct {
	UserID      string `json:"userId"`
	IsAnonymous bool   `json:"isAnonymous"`
	Cloud       string `json:"cloud"`
}

type teamsAppModel struct {
	AppID string `json:"appId"`
	Cloud string `json:"cloud"`
}

type teamsPhoneModel struct {
	UserID     string `json:"userId"`
	TenantID   string `json:"tenantId"`
	ResourceID string `json:"resourceId"`
	Cloud      string `json:"cloud"`
}

// modelOf writes an ID as events do. Unknown ids have their rawId alone.
func modelOf(id identifier.ID) identifierModel {
	m := identifierModel{Kind: id.Kind().String(), RawID: id.Raw()}
	head, name := splitRaw(id.Raw())
	switch id.Kind() {
	case identifier.CommunicationUser:
		m.CommunicationUser = &userModel{ID: id.Raw()}
	case identifier.PhoneNumber:
		m.PhoneNumber = &phoneModel{Value: id.Number()}
	case identifier.MicrosoftTeamsUser:
		m.TeamsUser = &teamsUserModel{UserID: name, IsAnonymous: head == "8:teamsvisitor", Cloud: cloudOf(head)}
	case identifier.MicrosoftTeamsApp:
		m.TeamsApp = &teamsAppModel{AppID: name, Cloud: cloudOf(head)}
	case identifier.TeamsExtensionUser:
		if parts := strings.Split(name, "_"); len(parts) == 3 {
			m.TeamsExtension = &teamsPhoneModel{ResourceID: parts[0], TenantID: parts[1], UserID: parts[2], Cloud: cloudOf(head)}
		}
	}
	return m
}

// splitRaw cuts a raw id such as "8:orgid:name" before its name.
func splitRaw(raw string) (head, name string) {
	i := strings.LastIndexByte(raw, ':')
	if i < 0 {
		return "", raw
	}
	return raw[:i], raw[i+1:]
}

// cloudOf reads the cloud from the beginning of a raw id; most say nothing,
// which is the public one.
func cloudOf(head string) string {
	_, scheme, _ := strings.Cut(head, ":")
	switch scheme {
	case "dod", "dod-acs":
		return "dod"
	case "gcch", "gcch-acs":
		return "gcch"
	}
	return "public"
}
