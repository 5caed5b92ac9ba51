package call

import "context"

// promptPlaying is the prompt of a recognition that is being heard. The nil
// promptPlaying is none: it has ended.
type promptPlaying struct {
	cancel context.CancelFunc
	err    chan error
}

// startPrompt plays the prompts of a recognition; nil where it has none.
func (c *Connection) startPrompt(op *operation, r Recognize) *promptPlaying {
	if len(r.Prompts) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(op.ctx)
	p := &promptPlaying{cancel: cancel, err: make(chan error, 1)}
	go func() {
		p.err <- c.call.playSent(ctx, r.Prompts, false, []speaker{r.speaker}, func() {})
	}()
	return p
}

// ended delivers once, when the prompt has ended or failed.
func (p *promptPlaying) ended() <-chan error {
	if p == nil {
		return nil
	}
	return p.err
}

// stop lets the prompt fade out. Its end is not told then.
func (p *promptPlaying) stop() {
	if p == nil {
		return
	}
	p.cancel()
	if p.err != nil {
		<-p.err
		p.err = nil
	}
}
