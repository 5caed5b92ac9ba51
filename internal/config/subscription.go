package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/eventgrid"
)

// object is a JSON object.
type object map[string]any

// properties are those of ARM's EventSubscription.
func (s subscriptionKeys) properties() ([]byte, error) {
	headers := []object{}
	for _, a := range s.Attributes {
		kind, value := "Static", object{"value": a.Value, "isSecret": a.Secret}
		if a.Field != "" {
			kind, value = "Dynamic", object{"sourceField": a.Field}
		}
		headers = append(headers, object{"name": a.Name, "type": kind, "properties": value})
	}
	all := object{
		"destination": s.destination(headers),
		"filter": object{
			"includedEventTypes": s.Types, "subjectBeginsWith": s.SubjectBegins, "subjectEndsWith": s.SubjectEnds,
			"isSubjectCaseSensitive": s.CaseSensitive, "enableAdvancedFilteringOnArrays": s.Arrays, "advancedFilters": s.Advanced,
		},
		"retryPolicy": object{"maxDeliveryAttempts": s.MaxAttempts, "eventTimeToLiveInMinutes": s.TTL},
		"labels":      s.Labels,
	}
	if bucket, found := strings.CutPrefix(s.DeadLetter, "s3://"); found {
		all["deadLetterDestination"] = object{"endpointType": "S3", "properties": object{"bucketName": bucket}}
	} else if s.DeadLetter != "" {
		account, container, _ := strings.Cut(s.DeadLetter, "/blobServices/default/containers/")
		all["deadLetterDestination"] = object{"endpointType": "StorageBlob", "properties": object{"resourceId": account, "blobContainerName": container}}
	}
	if s.Schema != "" {
		all["eventDeliverySchema"] = s.Schema
	}
	return json.Marshal(all)
}

// destination reads the endpoint as its type requires: the URL of a webhook, the
// id of a queue, a subject, the name of a file.
func (s subscriptionKeys) destination(headers []object) object {
	to := object{"maxEventsPerBatch": s.MaxEventsPerBatch, "preferredBatchSizeInKilobytes": s.PreferredBatchSize, "deliveryAttributeMappings": headers}
	if s.QueueTTL != nil {
		to["queueMessageTimeToLiveInSeconds"] = s.QueueTTL
	}
	kind := s.EndpointType
	switch strings.ToLower(kind) {
	case "storagequeue":
		account, queue := s.Endpoint, ""
		if at := strings.Index(strings.ToLower(s.Endpoint), queueServices); at >= 0 {
			account, queue = s.Endpoint[:at], s.Endpoint[at+len(queueServices):]
		}
		to["resourceId"], to["queueName"] = account, queue
	case "natssubject":
		to["subject"] = s.Endpoint
	case "file":
		to["fileName"] = s.Endpoint
	default:
		kind = cmp.Or(kind, "WebHook")
		to["endpointUrl"], to["azureActiveDirectoryTenantId"], to["azureActiveDirectoryApplicationIdOrUri"] = s.Endpoint, s.EntraTenant, s.EntraApplication
	}
	return object{"endpointType": kind, "properties": to}
}

// queueServices is between an account and a queue in the id of a queue.
const queueServices = "/queueservices/default/queues/"

// subscriptions checks the event subscriptions of the file.
func (c *checker) subscriptions(texts []subscriptionKeys, to eventgrid.Destinations) []eventgrid.Declared {
	var all []eventgrid.Declared
	seen := map[string]bool{}
	for i, text := range texts {
		at := c.at(fmt.Sprintf("events.subscriptions[%d]", i))
		if seen[strings.ToLower(text.Name)] {
			c.fail(at, "has the name %q of another subscription; the case of letters does not count", text.Name)
			continue
		}
		seen[strings.ToLower(text.Name)] = true
		properties, err := text.properties()
		if err != nil {
			c.fail(at, "has a value that JSON cannot represent")
			continue
		}
		declared, err := eventgrid.Declare(text.Name, properties, to)
		if err != nil {
			c.fail(at, "(%s) is refused: %v", text.Name, err)
			continue
		}
		all = append(all, declared)
	}
	return all
}
