package main

import "github.com/switchhook/switchhook/internal/config"

// settings are the flags of serve.
type settings config.Flags

// load makes the configuration of these flags.
func (s settings) load(a *app) (config.Config, error) {
	s.Data, s.Config = a.root.Data, a.root.Config
	return config.Load(config.Flags(s))
}

// config is the configuration for a command that takes no setting but the
// root's flags and the environment.
func (a *app) config() (config.Config, error) { return settings{}.load(a) }
