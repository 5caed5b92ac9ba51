package server

import "github.com/switchhook/switchhook/internal/cdr"

// callRecords is the folder of the data directory that holds the records of calls.
const callRecords = "calls"

func (p *parts) recordsConfig() cdr.Config {
	return cdr.Config{Dir: p.data.Path(callRecords), Keep: p.cfg.KeepRecords, MaxSize: p.cfg.RecordsSize, Doubts: p.doubts, Metrics: p.metrics}
}
