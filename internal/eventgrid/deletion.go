package eventgrid

import (
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/delivery"
)

// typeSubscriptionDeleted is the type of the event that tells a webhook of the
// end of its subscription.
const typeSubscriptionDeleted = "Microsoft.EventGrid.SubscriptionDeletedEvent"

// A notice is tried so often and so long: the subscription is gone, and nobody
// waits for it.
const (
	noticeAttempts = 3
	noticeTime     = 5 * time.Minute
)

// deletionData is the data of that event (@azure/eventgrid,
// SubscriptionDeletedEventData).
type deletionData struct {
	ID string `json:"eventSubscriptionId"` // the subscription's id in ARM's shape
}

// tellDeletion tells the webhook of a subscription that was deleted, if it had
// consented to events. former is nil for one that never did.
func (g *Grid) tellDeletion(sub Subscription, former *subscriber) {
	if former == nil || !sub.Active.isWebhook() {
		return
	}
	notice, err := g.noticeOf(sub, former)
	if err != nil {
		g.log.Error("webhook cannot be told that its event subscription was deleted", "subscription", sub.Name, "error", err)
		return
	}
	g.poster.Post(notice)
}

// noticeOf writes the notice in the schema that the webhook knows. Its group is
// its own: what is known of the subscription has been forgotten.
func (g *Grid) noticeOf(sub Subscription, to *subscriber) (delivery.Message, error) {
	id, now := uuid.NewString(), g.cfg.Now()
	data := deletionData{g.arm.scope().of(sub)}
	header := maps.Clone(to.header)
	header[headerEventType] = sortDeletion
	var body []byte
	var err error
	if to.schema == schemaCloudEvents {
		body, err = event{id: id, kind: typeSubscriptionDeleted, at: now, data: data}.inCloudEventsSchema(g.topic)
	} else {
		header[headerDataVersion] = systemDataVersion
		body, err = encode([]systemEvent[deletionData]{{
			ID: id, Topic: g.topic, Data: data, EventType: typeSubscriptionDeleted, EventTime: timestamp(now),
			MetadataVersion: metadataVersion, DataVersion: systemDataVersion,
		}})
	}
	return delivery.Message{
		ID: id, Policy: PolicyName, Group: "deletion/" + to.label, URL: to.endpoint, Header: header, SecretHeaders: to.secret, Body: to.batched(body),
		Bearer: to.bearer, MaxAttempts: noticeAttempts, TTL: noticeTime, Note: typeSubscriptionDeleted,
	}, err
}
