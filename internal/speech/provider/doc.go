// Package provider speaks the protocols of speech services and programs, one file
// for each vendor. It owns no choice among them, and no configuration.
package provider
