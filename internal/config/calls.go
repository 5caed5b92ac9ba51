package config

// calls checks the keys of calls and of their sound.
func (c *checker) calls(cfg *Config) {
	cfg.KeepRecords = c.duration("call.keep-records")
	cfg.RecordsSize = int64(c.count("call.keep-records-mib")) << 20
	cfg.CallsPerUser = c.count("call.calls-per-user")
	cfg.CallsPerApplication = c.count("call.calls-per-application")
	cfg.RingTimeout = c.duration("call.ring-timeout")
	cfg.AttestationHeader = c.attestationHeader(c.file.keys.Call.Attestation)
	cfg.MaxLateness = c.duration("media.max-lateness")
	cfg.MediaDepth = c.depth()
	cfg.UserPorts = c.count("media.user-ports")
	cfg.TrunkPorts = c.count("media.trunk-ports")
	cfg.MediaTimeout = c.duration("media.timeout")
	cfg.HoldMusic = c.holdMusic()
	cfg.Loudness = c.count("media.prompt-loudness")
}
