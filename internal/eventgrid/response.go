package eventgrid

import "time"

// subscriptionAnswer is ARM's EventSubscription as it is read back. Secrets are
// not in it: an endpoint is shown without its query.
type subscriptionAnswer struct {
	Properties propertiesAnswer `json:"properties"`
	ID         string           `json:"id"`
	Name       string           `json:"name"`
	Type       string           `json:"type"`
	// Error is there while the subscription is Failed: pollers of long-running
	// operations report it.
	Error *problemAnswer `json:"error,omitempty"`
}

type propertiesAnswer struct {
	Topic             string            `json:"topic"`
	ProvisioningState state             `json:"provisioningState"`
	ProvisioningError *problemAnswer    `json:"provisioningError,omitempty"` // ours: why it failed, or what it waits for
	Labels            []string          `json:"labels"`
	Destination       destinationAnswer `json:"destination"`
	Filter            filterAnswer      `json:"filter"`
	Schema            string            `json:"eventDeliverySchema"`
	RetryPolicy       retryAnswer       `json:"retryPolicy"`
	Expires           string            `json:"expirationTimeUtc,omitempty"`
	DeadLetter        *deadLetterAnswer `json:"deadLetterDestination,omitempty"`
}

type problemAnswer struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

type destinationAnswer struct {
	EndpointType string `json:"endpointType"`
	Properties   any    `json:"properties"`
}

type webhookAnswer struct {
	EndpointBaseURL    string            `json:"endpointBaseUrl"`
	MaxEventsPerBatch  int               `json:"maxEventsPerBatch"`
	PreferredBatchSize int               `json:"preferredBatchSizeInKilobytes"`
	Attributes         []attributeAnswer `json:"deliveryAttributeMappings,omitempty"`
	EntraTenant        string            `json:"azureActiveDirectoryTenantId,omitempty"`
	EntraApplication   string            `json:"azureActiveDirectoryApplicationIdOrUri,omitempty"`
}

type filterAnswer struct {
	SubjectBegins string           `json:"subjectBeginsWith"`
	SubjectEnds   string           `json:"subjectEndsWith"`
	Types         []string         `json:"includedEventTypes"`
	CaseSensitive bool             `json:"isSubjectCaseSensitive"`
	Arrays        bool             `json:"enableAdvancedFilteringOnArrays"`
	Advanced      []advancedAnswer `json:"advancedFilters,omitempty"`
}

type retryAnswer struct {
	MaxAttempts int `json:"maxDeliveryAttempts"`
	TimeToLive  int `json:"eventTimeToLiveInMinutes"`
}

// listAnswer is a page of subscriptions.
type listAnswer struct {
	Value    []subscriptionAnswer `json:"value"`
	NextLink string               `json:"nextLink,omitempty"`
}

// urlAnswer is the answer of getFullUrl.
type urlAnswer struct {
	EndpointURL string `json:"endpointUrl"`
}

// answer writes a subscription as its owner may read it.
func (a armResource) answer(sub Subscription, in place) subscriptionAnswer {
	wanted := sub.Wanted
	out := subscriptionAnswer{
		ID:   in.of(sub),
		Name: sub.Name,
		Type: in.kind,
		Properties: propertiesAnswer{
			Topic:             a.id(),
			ProvisioningState: sub.State,
			ProvisioningError: sub.problem(),
			Labels:            append([]string{}, wanted.Labels...),
			Destination:       wanted.destination(),
			Filter: filterAnswer{
				SubjectBegins: wanted.Filter.SubjectBegins,
				SubjectEnds:   wanted.Filter.SubjectEnds,
				Types:         wanted.Filter.types(),
				CaseSensitive: wanted.Filter.CaseSensitive,
				Arrays:        wanted.ArrayFilters,
				Advanced:      wanted.Filter.advanced(),
			},
			Schema:      wanted.schema(),
			DeadLetter:  wanted.DeadLetter.answer(),
			RetryPolicy: retryAnswer{wanted.Retry.MaxAttempts, int(wanted.Retry.TimeToLive / time.Minute)},
		},
	}
	if !wanted.Expires.IsZero() {
		out.Properties.Expires = wanted.Expires.Format(time.RFC3339Nano)
	}
	if sub.State == failed {
		out.Error = sub.problem()
	}
	return out
}

// destination is where events go, in ARM's shape.
func (s Settings) destination() destinationAnswer {
	headers := attributeAnswers(s.Attributes, false)
	switch s.Target.Kind {
	case kindStorageQueue:
		return destinationAnswer{kindStorageQueue, s.Target.queueAnswer()}
	case kindSubject:
		return destinationAnswer{kindSubject, subjectAnswer{s.Target.Subject, headers}}
	case kindFile:
		return destinationAnswer{kindFile, fileAnswer{s.Target.File}}
	case kindTail:
		return destinationAnswer{kindTail, tailAnswer{}}
	}
	return destinationAnswer{kindWebHook, webhookAnswer{
		EndpointBaseURL:    baseURL(s.Endpoint),
		MaxEventsPerBatch:  s.Batch.shown().MaxEvents,
		PreferredBatchSize: s.Batch.shown().PreferredKB,
		Attributes:         headers,
		EntraTenant:        s.Entra.Tenant,
		EntraApplication:   s.Entra.Application,
	}}
}

// problem is what keeps a subscription from being active; nil where nothing does.
func (s Subscription) problem() *problemAnswer {
	if s.Problem == "" {
		return nil
	}
	code := "EndpointValidationFailed"
	if s.State == awaiting {
		code = "AwaitingManualAction"
	}
	return &problemAnswer{Code: code, Message: "Webhook validation handshake: " + s.Problem}
}

// types lists what a filter takes, by name, as Azure shows it for "all".
func (f Filter) types() []string {
	if len(f.Types) == 0 {
		return EventTypes
	}
	return f.Types
}

// advanced writes the advanced filters.
func (f Filter) advanced() []advancedAnswer {
	var list []advancedAnswer
	for _, each := range f.Advanced {
		list = append(list, each.answer())
	}
	return list
}
