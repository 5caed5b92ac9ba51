package main

// subscriptionFlags are those of `az eventgrid event-subscription create` and
// update. What was not given is nil or empty.
type subscriptionFlags struct {
	EndpointType                  string           `placeholder:"TYPE" help:"webhook, storagequeue, natssubject, file or tail (webhook)."`
	StorageQueueMsgTTL            seconds          `name:"storage-queue-msg-ttl" aliases:"qttl" placeholder:"SECONDS" help:"How long a message stays in the storage queue; -1: without end (7 days)."`
	IncludedEventTypes            eventTypes       `placeholder:"TYPE" help:"Only events of these types (all)."`
	SubjectBeginsWith             *string          `placeholder:"TEXT" help:"Only events whose subject begins with this text."`
	SubjectEndsWith               *string          `placeholder:"TEXT" help:"Only events whose subject ends with this text."`
	SubjectCaseSensitive          optionalBool     `placeholder:"BOOL" help:"Upper and lower case differ in both (false)."`
	AdvancedFilter                advancedFilters  `placeholder:"KEY OPERATOR VALUES" help:"Only events that meet this condition. May be repeated; an event must meet all of them."`
	AdvancedFilteringOnArrays     optionalBool     `name:"enable-advanced-filtering-on-arrays" placeholder:"BOOL" help:"Conditions look at each value of an array (false)."`
	EventDeliverySchema           string           `placeholder:"SCHEMA" help:"eventgridschema or cloudeventschemav1_0."`
	MaxDeliveryAttempts           *int             `placeholder:"N" help:"Delivery attempts for an event, 1 to 30 (30)."`
	EventTTL                      *int             `name:"event-ttl" placeholder:"MINUTES" help:"Time to live of an event, 1 to 1440 (1440)."`
	DeadletterEndpoint            string           `placeholder:"ID" help:"Blob container, or s3://BUCKET, for events that cannot be delivered."`
	MaxEventsPerBatch             *int             `placeholder:"N" help:"Events in one request, 1 to 5000 (1)."`
	PreferredBatchSizeInKilobytes *int             `placeholder:"KB" help:"Preferred size of a request, 1 to 1024 (64)."`
	ExpirationDate                string           `placeholder:"TIME" help:"Time when the subscription expires, such as 2027-01-31 or 2027-01-31T12:00:00Z (never)."`
	Labels                        []string         `placeholder:"TEXT" help:"Labels of the subscription, separated by commas."`
	DeliveryAttributeMapping      attributeMapping `placeholder:"NAME KIND VALUE" help:"Header of each delivery: NAME static VALUE [true if secret], or NAME dynamic FIELD; may be repeated."`
	AzureActiveDirectoryTenantID  string           `name:"azure-active-directory-tenant-id" placeholder:"TENANT" help:"Protect the webhook: Entra tenant whose tokens deliveries have."`
	AzureActiveDirectoryAppID     string           `name:"azure-active-directory-application-id-or-uri" placeholder:"ID" help:"Protect the webhook: application for which the tokens are issued."`
}

// settings checks the flags whose form is the command line's own; the server
// checks the rest. The destination is left open.
func (f *subscriptionFlags) settings() (subscriptionSettings, error) {
	schema, err := deliverySchema(f.EventDeliverySchema)
	if err != nil {
		return subscriptionSettings{}, err
	}
	dead, err := deadLetterTo(f.DeadletterEndpoint)
	if err != nil {
		return subscriptionSettings{}, err
	}
	expires, err := expirationTime(f.ExpirationDate)
	if err != nil {
		return subscriptionSettings{}, err
	}
	settings := subscriptionSettings{Schema: schema, DeadLetter: dead, Expires: expires, Labels: f.Labels}
	f.filterInto(&settings.Filter)
	if f.MaxDeliveryAttempts != nil || f.EventTTL != nil {
		settings.Retry = &retryPolicy{f.MaxDeliveryAttempts, f.EventTTL}
	}
	return settings, nil
}

// putInto puts what was given of the destination over what is there, and
// reports whether anything was.
func (f *subscriptionFlags) putInto(w *destinationProperties) (given bool) {
	if f.StorageQueueMsgTTL.given != nil {
		w.QueueTTL, given = f.StorageQueueMsgTTL.given, true
	}
	if f.MaxEventsPerBatch != nil {
		w.BatchCount, given = f.MaxEventsPerBatch, true
	}
	if f.PreferredBatchSizeInKilobytes != nil {
		w.BatchSize, given = f.PreferredBatchSizeInKilobytes, true
	}
	if f.DeliveryAttributeMapping != nil {
		w.Attributes, given = f.DeliveryAttributeMapping, true
	}
	if f.AzureActiveDirectoryTenantID != "" {
		w.Tenant, given = f.AzureActiveDirectoryTenantID, true
	}
	if f.AzureActiveDirectoryAppID != "" {
		w.Application, given = f.AzureActiveDirectoryAppID, true
	}
	return given
}

// filterInto does the same for the filter.
func (f *subscriptionFlags) filterInto(to *eventFilter) (given bool) {
	if f.IncludedEventTypes != nil {
		to.Types, given = f.IncludedEventTypes, true
	}
	if f.SubjectBeginsWith != nil {
		to.SubjectBegins, given = *f.SubjectBeginsWith, true
	}
	if f.SubjectEndsWith != nil {
		to.SubjectEnds, given = *f.SubjectEndsWith, true
	}
	if f.SubjectCaseSensitive.given {
		to.CaseSensitive, given = f.SubjectCaseSensitive.value, true
	}
	if f.AdvancedFilteringOnArrays.given {
		to.Arrays, given = f.AdvancedFilteringOnArrays.value, true
	}
	if f.AdvancedFilter != nil {
		to.Advanced, given = f.AdvancedFilter, true
	}
	return given
}
