// Package permit is the authorization of calls: which caller ids a call may show,
// which numbers may be called, how many calls there may be concurrently and in a
// time, by whom and through which trunk. It owns the counters of the calls in
// progress. Caller ids obey ACS: a number that the resource owns, or, where a
// trunk is a session border controller, any that the trunk allows. Numbers of
// emergency services pass all rules but those that name them.
//
// Whoever starts an outbound call asks Rules.Reserve and gives the places back
// when the call is over; Rules.CallerID is asked when a leg is dialled, and
// Rules.AdmitOutbound when it comes to a trunk.
package permit
