package eventgrid

import (
	"strconv"

	"github.com/switchhook/switchhook/internal/delivery"
)

// The headers of every delivery. The prefix aeg- is Event Grid's own.
const (
	headerSubscription    = "aeg-subscription-name"
	headerDeliveryCount   = "aeg-delivery-count"
	headerEventType       = "aeg-event-type"
	headerMetadataVersion = "aeg-metadata-version"
	headerDataVersion     = "aeg-data-version"
	headerOutputEventID   = "aeg-output-event-id"
)

// What is delivered, as aeg-event-type says it.
const (
	sortNotification = "Notification"
	sortValidation   = "SubscriptionValidation"
	sortDeletion     = "SubscriptionDeletion"
)

// notificationHeader returns the headers that all events to one subscription
// have in common. Those in the CloudEvents schema bear the origin that the
// endpoint consented to, and no data version.
func notificationHeader(label, schema string, batched bool) map[string]string {
	if schema == schemaCloudEvents {
		kind := "application/cloudevents+json; charset=utf-8"
		if batched { // the body is an array then, even of one
			kind = "application/cloudevents-batch+json; charset=utf-8"
		}
		return map[string]string{
			"Content-Type":        kind,
			"Origin":              origin,
			headerSubscription:    label,
			headerEventType:       sortNotification,
			headerMetadataVersion: specVersion,
		}
	}
	return eventHeader(label, sortNotification, dataVersion)
}

// eventHeader returns the headers of events in the Event Grid schema.
func eventHeader(label, sort, version string) map[string]string {
	return map[string]string{
		"Content-Type":        "application/json; charset=utf-8",
		headerSubscription:    label,
		headerEventType:       sort,
		headerMetadataVersion: metadataVersion,
		headerDataVersion:     version,
	}
}

// tell names the event, and how many attempts were made before this one, the
// first being attempt 1.
func tell(h delivery.Header, id string, attempt int) {
	h.Set(headerOutputEventID, id)
	h.Set(headerDeliveryCount, strconv.Itoa(attempt-1))
}
