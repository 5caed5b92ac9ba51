package eventgrid

import (
	"encoding/json"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
)

// DeadLetter is where events go that cannot be delivered: a blob container of
// a storage account. The zero DeadLetter drops them.
type DeadLetter struct {
	ResourceID string // of the account, as its owner wrote it
	Container  string
	URL        string // of the store that keeps it here
}

type deadLetterRequest struct {
	EndpointType string `json:"endpointType"`
	Properties   struct {
		ResourceID string `json:"resourceId"`
		Container  string `json:"blobContainerName"`
	} `json:"properties"`
}

type deadLetterAnswer struct {
	EndpointType string               `json:"endpointType"`
	Properties   deadLetterProperties `json:"properties"`
}

type deadLetterProperties struct {
	ResourceID string `json:"resourceId"`
	Container  string `json:"blobContainerName"`
}

// putDeadLetter checks the destination of dead letters. null turns it off.
func (r settingsRequest) putDeadLetter(s *Settings, with rules) error {
	if len(r.DeadLetter) == 0 {
		return nil
	}
	if !asked(r.DeadLetter) {
		s.DeadLetter = DeadLetter{}
		return nil
	}
	if with.deadLetter == nil {
		return unoffered("deadLetterDestination", "leave it out: an event that cannot be delivered is dropped")
	}
	var wanted deadLetterRequest
	if err := json.Unmarshal(r.DeadLetter, &wanted); err != nil {
		return fault.Invalid("deadLetterDestination is not an object with endpointType and properties")
	}
	if !strings.EqualFold(wanted.EndpointType, "StorageBlob") {
		return fault.Invalid("deadLetterDestination.endpointType must be StorageBlob, not %q", clip(wanted.EndpointType, 40))
	}
	account, ok := storageAccount(wanted.Properties.ResourceID)
	if !ok {
		return fault.Invalid("deadLetterDestination.properties.resourceId must be the id of a storage account: …/providers/Microsoft.Storage/storageAccounts/NAME")
	}
	at, err := with.deadLetter(account, wanted.Properties.Container)
	if err != nil {
		return fault.Invalid("deadLetterDestination: %s", err.Error())
	}
	s.DeadLetter = DeadLetter{wanted.Properties.ResourceID, wanted.Properties.Container, at}
	return nil
}

// storageAccount is the name at the end of a storage account's id.
func storageAccount(id string) (string, bool) {
	parts := strings.Split(strings.TrimSuffix(id, "/"), "/")
	if n := len(parts); n >= 2 && strings.EqualFold(parts[n-2], "storageAccounts") && parts[n-1] != "" {
		return parts[n-1], true
	}
	return "", false
}

func (d DeadLetter) answer() *deadLetterAnswer {
	if d.URL == "" {
		return nil
	}
	return &deadLetterAnswer{"StorageBlob", deadLetterProperties{d.ResourceID, d.Container}}
}
