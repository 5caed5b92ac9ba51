package registrar

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// RemoveFlow removes the bindings whose connection closed.
func (r *Registrar) RemoveFlow(ctx context.Context, f Flow, why string) {
	if r.HasFlow(f) {
		r.removeEverywhere(ctx, why, &r.counts.lost, func(b *binding) bool { return b.flow == f })
	}
}

// RemoveBinding removes the binding of a telephone that is not there any more, unless it has
// registered over another flow since. Others of its flow may be other telephones, behind a
// proxy.
func (r *Registrar) RemoveBinding(ctx context.Context, gone Binding, why string) {
	r.removeEverywhere(ctx, why, &r.counts.lost, func(b *binding) bool { return b.ID == gone.ID && b.flow == gone.Flow })
}

// RemoveExpired removes the bindings that have expired.
func (r *Registrar) RemoveExpired(ctx context.Context) {
	now := time.Now()
	r.removeEverywhere(ctx, "expired", &r.counts.expired, func(b *binding) bool { return !now.Before(b.Expires) })
	r.lockout.removeExpired(now)
}

// removeEverywhere removes the bindings that are chosen, and counts them.
func (r *Registrar) removeEverywhere(ctx context.Context, why string, count *atomic.Uint64, chosen func(*binding) bool) {
	r.writing.Lock()
	defer r.writing.Unlock()
	var changed []string
	r.mu.Lock()
	for userName := range r.bindings {
		if removed := r.removeBindings(userName, chosen); removed > 0 {
			count.Add(uint64(removed))
			changed = append(changed, userName)
		}
	}
	r.mu.Unlock()
	for _, userName := range changed {
		r.log.Info("phone registration removed", "user", userName, "why", why)
		r.unstored[userName] = true
	}
	for userName := range r.unstored { // those too that could not be stored before
		if err := r.storeBindings(ctx, userName); err != nil {
			r.log.Error("phone registrations were not stored", "user", userName, "error", err)
		}
	}
}

// removeAllBindings removes those of a user name. It runs under r.writing.
func (r *Registrar) removeAllBindings(ctx context.Context, userName string) error {
	r.mu.Lock()
	r.removeBindings(userName, func(*binding) bool { return true })
	r.mu.Unlock()
	return r.storeBindings(ctx, userName)
}

// storeBindings writes the bindings of a user name that outlive the process. It
// runs under r.writing, so that the latest state is the last that is written. What
// cannot be stored is tried again with the next request, or removal.
func (r *Registrar) storeBindings(ctx context.Context, userName string) error {
	r.unstored[userName] = true
	err := r.tryStore(ctx, userName)
	if err == nil {
		delete(r.unstored, userName)
	}
	return err
}

func (r *Registrar) tryStore(ctx context.Context, userName string) error {
	var kept bindings
	r.mu.Lock()
	for _, b := range r.bindings[userName] {
		if b.flow.Transport == "UDP" {
			b.storedExpiry = b.Expires
			kept.List = append(kept.List, *b)
		}
	}
	r.mu.Unlock()
	if len(kept.List) > 0 {
		return r.bindingStore.Put(ctx, userName, kept)
	}
	err := r.bindingStore.Delete(ctx, userName)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}
