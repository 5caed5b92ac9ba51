package config

// subscriptionKeys are the keys of an event subscription. They have the names of
// the flags of the command subscribe.
type subscriptionKeys struct {
	// Name of the subscription.
	Name string `yaml:"name" type:"text" absent:"required"`
	// Type of the endpoint: webhook, storagequeue, natssubject, file or tail.
	EndpointType string `yaml:"endpoint-type" type:"text" absent:"webhook"`
	// Where events go: the URL of a webhook, the id of a storage queue, a NATS subject, or the name of a file.
	Endpoint string `yaml:"endpoint" type:"text" absent:"required, but for tail"`
	// How long a message stays in a storage queue. -1: without end.
	QueueTTL *int64 `yaml:"storage-queue-msg-ttl" absent:"7 days" unit:"s"`
	// Event types that are delivered.
	Types []string `yaml:"included-event-types" type:"list of event types" absent:"all types"`
	// Beginning of the subject that events must have.
	SubjectBegins string `yaml:"subject-begins-with" type:"text"`
	// End of the subject that events must have.
	SubjectEnds string `yaml:"subject-ends-with" type:"text"`
	// true: upper and lower case differ in both.
	CaseSensitive bool `yaml:"subject-case-sensitive"`
	// true: advanced filters look into arrays.
	Arrays bool `yaml:"enable-advanced-filtering-on-arrays"`
	// Conditions on members of the event. An event must meet all of them.
	Advanced []filterKeys `yaml:"advanced-filters"`
	// EventGridSchema or CloudEventSchemaV1_0.
	Schema string `yaml:"event-delivery-schema" type:"text" absent:"EventGridSchema"`
	// Attempts to deliver an event, 1 to 30.
	MaxAttempts *int `yaml:"max-delivery-attempts" absent:"30"`
	// Time to live of an event, 1 to 1440.
	TTL *int `yaml:"event-ttl" absent:"1440" unit:"min"`
	// Events in one request, 1 to 5000.
	MaxEventsPerBatch *int `yaml:"max-events-per-batch" absent:"1"`
	// Preferred size of a request, 1 to 1024.
	PreferredBatchSize *int `yaml:"preferred-batch-size-in-kilobytes" absent:"64" unit:"KiB"`
	// Where dead letters go: the id of a blob container (…/storageAccounts/NAME/blobServices/default/containers/NAME), or s3://BUCKET of the server events.s3.
	DeadLetter string `yaml:"deadletter-endpoint" type:"text" absent:"no dead letters"`
	// Headers of each request.
	Attributes []attributeKeys `yaml:"delivery-attribute-mappings"`
	// Entra tenant whose tokens protect the webhook.
	EntraTenant string `yaml:"azure-active-directory-tenant-id" type:"text" absent:"no token"`
	// Application for which the tokens are made.
	EntraApplication string `yaml:"azure-active-directory-application-id-or-uri" type:"text"`
	// Labels of the subscription.
	Labels []string `yaml:"labels" type:"list of texts"`
}

type filterKeys struct {
	// Member of the event, such as data.to.PhoneNumber.Value.
	Key string `yaml:"key" json:"key" type:"text" absent:"required"`
	// Operator of Event Grid, such as StringIn.
	Operator string `yaml:"operator" json:"operatorType" type:"text" absent:"required"`
	// Value for operators with one value.
	Value any `yaml:"value" json:"value,omitempty" type:"value"`
	// Values for operators with several.
	Values []any `yaml:"values" json:"values,omitempty" type:"list of values"`
}

type attributeKeys struct {
	// Name of the header.
	Name string `yaml:"name" type:"text" absent:"required"`
	// Value of the header.
	Value string `yaml:"value" type:"text"`
	// true: the value is not shown by the APIs.
	Secret bool `yaml:"secret"`
	// Member of the event whose value the header has, in place of a fixed value.
	Field string `yaml:"source-field" type:"text"`
}
