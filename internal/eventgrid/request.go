package eventgrid

import "encoding/json"

// subscriptionRequest is the body of a create: ARM's EventSubscription. Members
// that are absent or null take their defaults.
type subscriptionRequest struct {
	Properties settingsRequest `json:"properties"`
}

// settingsRequest is the properties of a create, and the whole body of an update.
type settingsRequest struct {
	Destination  *destinationRequest `json:"destination"`
	Filter       *filterRequest      `json:"filter"`
	RetryPolicy  *retryRequest       `json:"retryPolicy"`
	Labels       []string            `json:"labels"`
	Expires      *string             `json:"expirationTimeUtc"`
	Schema       *string             `json:"eventDeliverySchema"`
	DeadLetter   json.RawMessage     `json:"deadLetterDestination"`
	DeadLetterAs json.RawMessage     `json:"deadLetterWithResourceIdentity"`
	DeliverAs    json.RawMessage     `json:"deliveryWithResourceIdentity"`
}

type destinationRequest struct {
	EndpointType string                `json:"endpointType"`
	Properties   destinationProperties `json:"properties"`
}

// destinationProperties are those of every kind of destination; which of them
// count, endpointType says.
type destinationProperties struct {
	webhookRequest
	queueRequest
	subjectRequest
	fileRequest
}

type webhookRequest struct {
	EndpointURL        string             `json:"endpointUrl"`
	MaxEventsPerBatch  *int               `json:"maxEventsPerBatch"`
	PreferredBatchSize *int               `json:"preferredBatchSizeInKilobytes"`
	Attributes         []attributeRequest `json:"deliveryAttributeMappings"`
	EntraTenant        *string            `json:"azureActiveDirectoryTenantId"`
	EntraApplication   *string            `json:"azureActiveDirectoryApplicationIdOrUri"`
	MinimumTLS         *string            `json:"minimumTlsVersionAllowed"`
}

type filterRequest struct {
	Types         []string          `json:"includedEventTypes"`
	SubjectBegins string            `json:"subjectBeginsWith"`
	SubjectEnds   string            `json:"subjectEndsWith"`
	CaseSensitive bool              `json:"isSubjectCaseSensitive"`
	Arrays        bool              `json:"enableAdvancedFilteringOnArrays"`
	Advanced      []advancedRequest `json:"advancedFilters"`
}

type retryRequest struct {
	MaxAttempts *int `json:"maxDeliveryAttempts"`
	TimeToLive  *int `json:"eventTimeToLiveInMinutes"`
}
