package server

// warnOfOutbound warns that other machines can reach the APIs while nothing
// restricts where their clients make the server connect to.
func (p *parts) warnOfOutbound() {
	if p.cfg.OpenToOthers() && !p.cfg.Outbound.RefusePrivate {
		p.log.Warn("webhooks, callbacks and prompts may connect to addresses of this server's private network: set outbound.refuse-private and outbound.allow in the configuration")
	}
}
