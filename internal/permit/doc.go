// Package permit decides who may call where: which caller ids a call may show,
// which numbers it may go to, how many calls there may be at once and in a time,
// of whom and through which trunk. It owns the counters of calls that go on.
// Caller ids obey ACS: a number that the resource owns, or, where a trunk is a
// session border controller, any that the trunk takes. Numbers of emergency
// services pass all rules but those that name them.
//
// Whoever lets a phone number be called from anywhere but a call's own dialling
// asks Rules.Allow, and gives the permission back when the call is over.
package permit
