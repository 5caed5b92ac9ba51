package call

import "context"

// Reject refuses a call that rings for the application. why is Declined, Busy
// or Forbidden. No event follows for the application that rejects.
func (r *Registry) Reject(ctx context.Context, incomingCallContext string, why ReasonKind) error {
	ringing, err := r.waiting(incomingCallContext)
	if err != nil {
		return err
	}
	c := ringing.call
	return c.do(ctx, func() error {
		if err := ringing.decide(refusedForAll); err != nil {
			return err
		}
		c.log.Info("call rejected by its application", "to", ringing.invitation.To)
		ringing.outcome.failed(Reason{Kind: why, Text: "the application rejected the call", ByApplication: true})
		return nil
	})
}
