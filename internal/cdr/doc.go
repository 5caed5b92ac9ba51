// Package cdr keeps a detail record of each call when the call is over: who
// called whom, over which trunk, for how long, why it ended, and how it sounded.
// It owns a folder of files in the data directory, one JSON object a line, which
// other programs may read; the newest file is appended to. Old files go by age
// and by size. Azure has no counterpart but its diagnostic logs (CallSummary and
// CallDiagnostics), whose measures these are.
package cdr
