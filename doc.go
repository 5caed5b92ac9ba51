// Package switchhook is a softswitch driven by webhooks: the self-hosted
// continuation of Azure Communication Services calling. The program is
// cmd/switchhook; docs/architecture.md is the map of what lies under internal.
package switchhook
