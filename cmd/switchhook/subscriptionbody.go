package main

import (
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The request is ARM's EventSubscription. What was not given is left out.
type subscriptionBody struct {
	Properties subscriptionSettings `json:"properties"`
}

type subscriptionSettings struct {
	Destination destination  `json:"destination"`
	Filter      eventFilter  `json:"filter"`
	Retry       *retryPolicy `json:"retryPolicy,omitempty"`
	Schema      string       `json:"eventDeliverySchema,omitempty"`
	DeadLetter  *deadLetter  `json:"deadLetterDestination,omitempty"`
	Expires     string       `json:"expirationTimeUtc,omitempty"`
	Labels      []string     `json:"labels,omitempty"`
}

type destination struct {
	Type       string                `json:"endpointType"`
	Properties destinationProperties `json:"properties"`
}

// destinationProperties are those of every type of destination.
type destinationProperties struct {
	URL        string             `json:"endpointUrl,omitempty"`
	BaseURL    string             `json:"endpointBaseUrl,omitempty"` // in answers
	BatchCount *int               `json:"maxEventsPerBatch,omitempty"`
	BatchSize  *int               `json:"preferredBatchSizeInKilobytes,omitempty"`
	Attributes []attributeSetting `json:"deliveryAttributeMappings,omitempty"`

	ResourceID  string `json:"resourceId,omitempty"` // of a queue's storage account
	QueueName   string `json:"queueName,omitempty"`
	QueueTTL    *int64 `json:"queueMessageTimeToLiveInSeconds,omitempty"`
	Subject     string `json:"subject,omitempty"`
	FileName    string `json:"fileName,omitempty"`
	Tenant      string `json:"azureActiveDirectoryTenantId,omitempty"`
	Application string `json:"azureActiveDirectoryApplicationIdOrUri,omitempty"`
}

type eventFilter struct {
	Types         []string         `json:"includedEventTypes,omitempty"`
	SubjectBegins string           `json:"subjectBeginsWith,omitempty"`
	SubjectEnds   string           `json:"subjectEndsWith,omitempty"`
	CaseSensitive bool             `json:"isSubjectCaseSensitive,omitempty"`
	Arrays        bool             `json:"enableAdvancedFilteringOnArrays,omitempty"`
	Advanced      []advancedFilter `json:"advancedFilters,omitempty"`
}

type retryPolicy struct {
	Attempts *int `json:"maxDeliveryAttempts,omitempty"`
	TTL      *int `json:"eventTimeToLiveInMinutes,omitempty"`
}

type deadLetter struct {
	Type       string               `json:"endpointType"`
	Properties deadLetterProperties `json:"properties"`
}

type deadLetterProperties struct {
	ResourceID string `json:"resourceId,omitempty"`
	Container  string `json:"blobContainerName,omitempty"`
	Bucket     string `json:"bucketName,omitempty"` // of S3
}

func deliverySchema(text string) (string, error) {
	for _, schema := range []string{"", "EventGridSchema", "CloudEventSchemaV1_0", "CustomInputSchema"} {
		if strings.EqualFold(text, schema) {
			return schema, nil
		}
	}
	return "", fmt.Errorf("--event-delivery-schema %q must be eventgridschema, cloudeventschemav1_0 or custominputschema", text)
}

// deadLetterTo cuts a container's id as az takes it, or takes s3://BUCKET.
func deadLetterTo(id string) (*deadLetter, error) {
	if id == "" {
		return nil, nil
	}
	if bucket, found := strings.CutPrefix(id, "s3://"); found && bucket != "" {
		return &deadLetter{"S3", deadLetterProperties{Bucket: bucket}}, nil
	}
	account, container, found := strings.Cut(id, "/blobServices/default/containers/")
	if !found || account == "" || container == "" || strings.Contains(container, "/") {
		return nil, fmt.Errorf("--deadletter-endpoint %q is not the id of a blob container: …/storageAccounts/NAME/blobServices/default/containers/NAME, or s3://BUCKET", id)
	}
	return &deadLetter{"StorageBlob", deadLetterProperties{ResourceID: account, Container: container}}, nil
}

// expirationTime reads a date, or a time, as az does; a date is its first second in UTC.
func expirationTime(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC().Format(time.RFC3339), nil
		}
	}
	return "", fmt.Errorf("--expiration-date %q must be a date such as 2027-01-31 or a time such as 2027-01-31T12:00:00Z", text)
}

func escape(segment string) string { return url.PathEscape(segment) }
