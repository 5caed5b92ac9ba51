package eventgrid

import (
	"regexp"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// queueRequest is ARM's StorageQueueEventSubscriptionDestinationProperties.
type queueRequest struct {
	ResourceID string `json:"resourceId"`
	QueueName  string `json:"queueName"`
	MessageTTL *int64 `json:"queueMessageTimeToLiveInSeconds"`
}

type queueAnswer struct {
	ResourceID string `json:"resourceId"`
	QueueName  string `json:"queueName"`
	MessageTTL int64  `json:"queueMessageTimeToLiveInSeconds,omitempty"`
}

// validQueue is what Azure Storage takes as the name of a queue ("Naming queues
// and metadata"); its length is checked beside it.
var validQueue = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// maxMessageTTL bounds the time that a message stays in a queue: the seconds of
// a protocol's 32-bit number.
const maxMessageTTL = 1<<31 - 1

func (p destinationProperties) putQueue(s *Settings, with rules) error {
	if with.to.Queue == nil {
		return notOffered(kindStorageQueue)
	}
	if err := p.refuseWebhookMembers(kindStorageQueue); err != nil {
		return err
	}
	if len(p.Attributes) > 0 {
		return fault.Invalid("destination.properties.deliveryAttributeMappings are for webhooks: a message in a storage queue has no headers")
	}
	account, ok := storageAccount(p.ResourceID)
	if !ok {
		return fault.Invalid("destination.properties.resourceId must be the id of a storage account: …/providers/Microsoft.Storage/storageAccounts/NAME")
	}
	if n := len(p.QueueName); n < 3 || n > 63 || !validQueue.MatchString(p.QueueName) {
		return fault.Invalid("destination.properties.queueName is %q; it must be 3 to 63 small letters, digits and single hyphens between them", clip(p.QueueName, 70))
	}
	var ttl int64
	if p.MessageTTL != nil {
		if ttl = *p.MessageTTL; ttl != -1 && (ttl < 1 || ttl > maxMessageTTL) {
			return fault.Invalid("destination.properties.queueMessageTimeToLiveInSeconds is %d; it must be 1 to %d, or -1 for ever", ttl, maxMessageTTL)
		}
	}
	at, err := with.to.Queue(account, p.QueueName, time.Duration(ttl)*time.Second)
	if err != nil {
		return fault.Invalid("destination: %s", err.Error())
	}
	s.Endpoint, s.Target = at, Target{Kind: kindStorageQueue, ResourceID: p.ResourceID, Queue: p.QueueName, MessageTTL: ttl}
	return nil
}

// refuseWebhookMembers refuses what only a webhook can do.
func (p destinationProperties) refuseWebhookMembers(kind string) error {
	switch {
	case p.EndpointURL != "":
		return fault.Invalid("destination.properties.endpointUrl is for webhooks, not for %s", kind)
	case p.MaxEventsPerBatch != nil || p.PreferredBatchSize != nil:
		return fault.Invalid("maxEventsPerBatch and preferredBatchSizeInKilobytes are for webhooks: %s takes one event at a time", kind)
	case given(p.EntraTenant) || given(p.EntraApplication):
		return fault.Invalid("azureActiveDirectoryTenantId and azureActiveDirectoryApplicationIdOrUri protect webhooks, not %s", kind)
	}
	return nil
}

// refuseQueueMembers refuses what only a queue can do.
func (p destinationProperties) refuseQueueMembers(kind string) error {
	if kind != kindStorageQueue && p.MessageTTL != nil {
		return fault.Invalid("destination.properties.queueMessageTimeToLiveInSeconds is for StorageQueue, not for %s", kind)
	}
	return nil
}

func (t Target) queueAnswer() queueAnswer { return queueAnswer{t.ResourceID, t.Queue, t.MessageTTL} }
