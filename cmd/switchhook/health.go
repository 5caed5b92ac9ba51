package main

import "context"

type healthCommand struct {
	Ready bool `help:"Ask whether it takes calls, too."`
}

// Help ends the command's help.
func (healthCommand) Help() string {
	return `Asks the server of the data directory for /healthz, or /readyz, and ends with 1 where it does not answer 200 within 5 s. It is
for images that have no other program, such as in HEALTHCHECK of a Dockerfile or an exec probe.

Example:
  switchhook health --ready`
}

func (c healthCommand) Run(a *app) error {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(a.ctx, answerTime)
	defer cancel()
	if c.Ready {
		return probe(ctx, cfg, "readyz")
	}
	return probe(ctx, cfg, "healthz")
}
