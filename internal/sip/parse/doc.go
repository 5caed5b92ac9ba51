// Package parse reads SIP messages that came as datagrams (RFC 3261 §7, §18.3, §25).
//
// It gives sipgo's types, which package sip is written with, and reads what nearly every
// message has by itself: its text is copied once, all strings are parts of that copy, and the
// message lies with its usual fields in one piece of memory. A line that is not of a usual
// form goes to sipgo's parser of that field, and a message whose lines or first line are not,
// goes to sipgo's parser as a whole, with the blanks that package header takes. So all are
// read alike, and a message that sipgo's parser refuses is refused. A fuzz test compares.
//
// Whoever keeps a string of a message for longer than the call keeps its copy: a short one
// for long is to be cloned.
package parse
