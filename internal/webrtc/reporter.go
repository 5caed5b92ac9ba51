package webrtc

import (
	"sync"

	"github.com/switchhook/switchhook/internal/call"
)

// reporter tells a call the news of a leg in their order, Ended last and once. News
// that comes before the call can be told waits.
type reporter struct {
	mu     sync.Mutex
	report func(call.Report) // never blocks
	early  []call.Report
	asked  []call.Wanted // before the call can be told
	ended  bool
}

// to sets who is told.
func (r *reporter) to(report func(call.Report)) {
	r.mu.Lock()
	r.report = report
	for _, news := range r.early {
		report(news)
	}
	asked := r.asked
	r.early, r.asked = nil, nil
	r.mu.Unlock()
	for _, want := range asked {
		report(want)
	}
}

// ask tells a wish. A call that is over answers it at once, so that no lock may be held.
// It returns false where the leg has ended: nobody answers.
func (r *reporter) ask(want call.Wanted) bool {
	r.mu.Lock()
	report, ended := r.report, r.ended
	if report == nil && !ended {
		r.asked = append(r.asked, want)
	}
	r.mu.Unlock()
	if report != nil && !ended {
		report(want)
	}
	return !ended
}

// say tells news. After the end nobody hears it: false.
func (r *reporter) say(news call.Report) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended {
		return false
	}
	r.put(news)
	return true
}

// end tells the last news.
func (r *reporter) end(news call.Ended) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.ended = true
		r.put(news)
	}
}

func (r *reporter) put(news call.Report) {
	if r.report == nil {
		r.early = append(r.early, news)
		return
	}
	r.report(news)
}
