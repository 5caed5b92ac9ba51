package eventgrid

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// systemDataVersion is the version of Event Grid's own events; others have
// dataVersion.
const systemDataVersion = "1"

// validationData is the data of a validation event.
type validationData struct {
	Code string `json:"validationCode"`
	URL  string `json:"validationUrl"`
}

// systemEvent is an event of Event Grid's own. It differs from others in the
// order of its last members and in its data version.
type systemEvent[D any] struct {
	ID              string `json:"id"`
	Topic           string `json:"topic"`
	Subject         string `json:"subject"`
	Data            D      `json:"data"`
	EventType       string `json:"eventType"`
	EventTime       string `json:"eventTime"`
	MetadataVersion string `json:"metadataVersion"`
	DataVersion     string `json:"dataVersion"`
}

// eventProposal asks with a validation event, as the Event Grid schema does.
func (h handshake) eventProposal(in invitation) (proposal, error) {
	id := uuid.NewString()
	body, err := encode([]systemEvent[validationData]{{
		ID:              id,
		Topic:           h.topic,
		Data:            validationData{Code: in.code, URL: in.url},
		EventType:       "Microsoft.EventGrid.SubscriptionValidationEvent",
		EventTime:       timestamp(h.now()),
		MetadataVersion: metadataVersion,
		DataVersion:     systemDataVersion,
	}})
	if err != nil {
		return proposal{}, fmt.Errorf("the validation event could not be written: %w", err)
	}
	return proposal{
		id:      id,
		method:  http.MethodPost,
		header:  eventHeader(in.label, sortValidation, systemDataVersion),
		body:    body,
		judge:   func(a answer) verdict { return judge(a, in.code) },
		what:    "the validation event",
		expects: "200 with " + echo("the event's data.validationCode"),
	}, nil
}
