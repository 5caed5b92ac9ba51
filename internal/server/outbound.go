package server

// warnOfOutbound tells an operator whose server others can reach, and who has
// not decided where it may connect to for them.
func (p *parts) warnOfOutbound() {
	if p.cfg.OpenToOthers() && !p.cfg.Outbound.RefusePrivate {
		p.log.Warn("webhooks, callbacks and prompts may connect to addresses of this server's private network: set outbound.refuse-private and outbound.allow in the configuration")
	}
}
