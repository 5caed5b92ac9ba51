package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/eventgrid"
)

// subscriptionText is an event subscription as the file has it: the keys are
// the flags of the command subscribe. Its JSON is flat; properties gives it
// ARM's shape.
type subscriptionText struct {
	Name               string          `yaml:"name"`
	EndpointType       string          `yaml:"endpoint-type"`
	Endpoint           string          `yaml:"endpoint"`
	QueueTTL           *int64          `yaml:"storage-queue-msg-ttl"`
	Types              []string        `yaml:"included-event-types"`
	SubjectBegins      string          `yaml:"subject-begins-with"`
	SubjectEnds        string          `yaml:"subject-ends-with"`
	CaseSensitive      bool            `yaml:"subject-case-sensitive"`
	Arrays             bool            `yaml:"enable-advanced-filtering-on-arrays"`
	Advanced           []filterText    `yaml:"advanced-filters"`
	Schema             string          `yaml:"event-delivery-schema"`
	MaxAttempts        *int            `yaml:"max-delivery-attempts"`
	TTL                *int            `yaml:"event-ttl"`
	MaxEventsPerBatch  *int            `yaml:"max-events-per-batch"`
	PreferredBatchSize *int            `yaml:"preferred-batch-size-in-kilobytes"`
	DeadLetter         string          `yaml:"deadletter-endpoint"`
	Attributes         []attributeText `yaml:"delivery-attribute-mappings"`
	EntraTenant        string          `yaml:"azure-active-directory-tenant-id"`
	EntraApplication   string          `yaml:"azure-active-directory-application-id-or-uri"`
	Labels             []string        `yaml:"labels"`
}

type filterText struct {
	Key      string `yaml:"key" json:"key"`
	Operator string `yaml:"operator" json:"operatorType"`
	Value    any    `yaml:"value" json:"value,omitempty"`
	Values   []any  `yaml:"values" json:"values,omitempty"`
}

type attributeText struct {
	Name   string `yaml:"name"`
	Value  string `yaml:"value"`
	Secret bool   `yaml:"secret"`
	Field  string `yaml:"source-field"`
}

// object is a JSON object.
type object map[string]any

// properties are those of ARM's EventSubscription.
func (s subscriptionText) properties() ([]byte, error) {
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

// destination reads the endpoint as its type wants it: the address of a
// webhook, the id of a queue, a subject, the name of a file.
func (s subscriptionText) destination(headers []object) object {
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

// queueServices stands between an account and a queue in a queue's id.
const queueServices = "/queueservices/default/queues/"

// subscriptions checks the event subscriptions of the file.
func (c *checker) subscriptions(texts []subscriptionText, to eventgrid.Destinations) []eventgrid.Declared {
	var all []eventgrid.Declared
	seen := map[string]bool{}
	for i, text := range texts {
		at := setting{name: c.file.where(fmt.Sprintf("events.subscriptions[%d]", i))}
		if seen[strings.ToLower(text.Name)] {
			c.fail(at, "is named %q, as another one is; names do not differ by case alone", text.Name)
			continue
		}
		seen[strings.ToLower(text.Name)] = true
		properties, err := text.properties()
		if err != nil {
			c.fail(at, "has a value that JSON has no word for")
			continue
		}
		declared, err := eventgrid.Declare(text.Name, properties, to)
		if err != nil {
			c.fail(at, "(%s) cannot be: %v", text.Name, err)
			continue
		}
		all = append(all, declared)
	}
	return all
}
