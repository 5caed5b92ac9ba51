package config

// events checks the keys of events.
func (c *checker) events(cfg *Config) {
	file := &c.file.keys.Events
	cfg.StorageAccounts = c.storageAccounts(file.StorageAccounts)
	cfg.NATS = c.loopback(c.pick("events.nats", ""))
	cfg.S3 = c.s3(file.S3)
	cfg.DeadLetterDelay = c.duration("events.dead-letter-delay")
	cfg.KeepAttempts = c.duration("events.keep-attempts")
	cfg.MaxAttempts = c.count("events.max-attempts-kept")
	cfg.ApplicationEvents = file.ApplicationIdentities
	cfg.WebhookIssuers = c.webhookIssuers(file.WebhookTokens)
	cfg.MaxSubscriptions = c.count("events.max-subscriptions")
	cfg.Subscriptions = c.subscriptions(file.Subscriptions, cfg.Destinations())
}
