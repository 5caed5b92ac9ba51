// Package server builds every piece of Switchhook from a checked configuration,
// and starts and stops the pieces together.
package server
