// Package trunk knows the other telephone systems: how to reach each, who may
// speak for it, and which of them take a number. It owns no socket. Routing
// obeys ACS direct routing: patterns are .NET regular expressions in list order,
// every match is a fallback for the one before, trunks of a route in random order.
package trunk
