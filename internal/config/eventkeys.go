package config

type eventKeys struct {
	// Time from the last attempt to deliver an event to its dead letter.
	DeadLetterDelay string `yaml:"dead-letter-delay" type:"duration" default:"5m" min:"1ms" max:"24h"`
	// How long attempts to deliver events are kept for `switchhook events attempts`.
	KeepAttempts string `yaml:"keep-attempts" type:"duration" default:"168h" min:"1m" max:"2160h"`
	// Number of attempts that are kept. One takes about 1 kB in memory and on disk.
	MaxAttempts *int `yaml:"max-attempts-kept" default:"10000" min:"100" max:"1000000"`
	// Number of event subscriptions. Azure allows 500.
	MaxSubscriptions *int `yaml:"max-subscriptions" default:"2000" min:"1" max:"20000"`
	// true: CallStarted and the related events are raised for identities of applications too, for tests.
	ApplicationIdentities bool `yaml:"application-identities"`
	// Connection strings of Azure storage accounts, for queues, for dead letters and recordings in blob containers. TokenEndpoint=managed or TokenFile=FILE instead of AccountKey takes tokens. Containers of other accounts are folders in dead-letters of the data directory.
	StorageAccounts []string `yaml:"storage-accounts" type:"list of connection strings, secret"`
	// Listener for NATS clients, on a loopback address only. Programs on this machine receive events from NATS subjects; the password is an access key.
	NATS string `yaml:"nats" type:"host:port or off" default:"off"`

	S3 s3Keys `yaml:"s3"`

	// Issuers of the tokens that protected webhooks receive. Without token-endpoint this server signs the tokens of the tenant.
	WebhookTokens []tenantKeys `yaml:"webhook-tokens"`
	// Event subscriptions that each start creates, or updates if they differ. None is ever deleted.
	Subscriptions []subscriptionKeys `yaml:"subscriptions"`
}

type s3Keys struct {
	// URL of an S3 server, http or https, without a path. Dead letters can be stored in its buckets.
	Endpoint string `yaml:"endpoint" type:"URL" absent:"no S3 server"`
	// Region of the buckets.
	Region string `yaml:"region" type:"text"`
	// Access key of the S3 server. Required with the endpoint.
	AccessKey string `yaml:"access-key" type:"text"`
	// Secret key of the S3 server. Required with the endpoint.
	SecretKey string `yaml:"secret-key" type:"secret text"`
}

type tenantKeys struct {
	// Entra tenant: a GUID or a domain.
	Tenant string `yaml:"tenant" type:"text" absent:"required"`
	// Token endpoint of the tenant, for the client credentials flow.
	Endpoint string `yaml:"token-endpoint" type:"URL" absent:"this server signs the tokens"`
	// Client id at the token endpoint. Required with it.
	ClientID string `yaml:"client-id" type:"text"`
	// Client secret at the token endpoint. Required with it.
	ClientSecret string `yaml:"client-secret" type:"secret text"`
	// Scope of the requested tokens.
	Scope string `yaml:"scope" type:"text" absent:"the application's id followed by /.default"`
}
