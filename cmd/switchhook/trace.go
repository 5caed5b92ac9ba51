package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/insight"
)

type traceCommand struct {
	About  string    `arg:"" optional:"" help:"Only calls with this number, identity, trunk or id of any kind."`
	Follow bool      `required:"" help:"Print what happens from now on, until you interrupt it."`
	Kind   itemKinds `placeholder:"KIND,…" default:"sip,request,event,delivery,call" help:"Kinds of items (sip,request,event,delivery,call); also leg, measure, browser, log."`
	serverFlags
}

// Help ends the command's help.
func (traceCommand) Help() string {
	return `A ladder of all calls, or of some: on the left the phones and trunks, in the middle this server, on the right
the application.

Example:
  switchhook trace --follow
  switchhook trace --follow +15550100001 --kind sip`
}

func (c traceCommand) Run(a *app) error {
	client, err := a.connect(c.ConnectionString)
	if err != nil {
		return err
	}
	path := eventQuery(insight.Path+"/follow", "about", c.About)
	err = client.lines(a.ctx, path, func(line []byte) error {
		var update insight.Update
		if len(strings.TrimSpace(string(line))) == 0 || json.Unmarshal(line, &update) != nil {
			return nil
		}
		if update.Missed > 0 {
			fmt.Fprintf(a.out, "… %d updates were dropped: this terminal is too slow\n", update.Missed)
		}
		if i := update.Item; i != nil && c.Kind.has(i.Kind) {
			_, err := fmt.Fprint(a.out, printable(ladderLine(update.Call.ID, *i)))
			return err
		}
		return nil
	})
	if a.ctx.Err() != nil {
		return nil // interrupted, as it was meant
	}
	return err
}

// ladderWidth is the width of a side of the ladder, in characters.
const ladderWidth = 44

// ladderLine draws an item: SIP on the left of the server's line, the application on
// its right.
func ladderLine(call string, i insight.Item) string {
	left, right := "", ""
	switch i.Kind {
	case insight.KindSIP:
		var m insight.SIPMessage
		if json.Unmarshal(i.Detail, &m) != nil {
			return ""
		}
		first := strings.TrimPrefix(m.First, "SIP/2.0 ")
		if m.Sent {
			left = m.Remote + " <── " + shorten(first, ladderWidth-len(m.Remote)-5)
		} else {
			left = m.Remote + " ──> " + shorten(first, ladderWidth-len(m.Remote)-5)
		}
	case insight.KindRequest:
		right = "<── " + i.Text
	case insight.KindDelivery:
		right = "──> " + i.Text
	default:
		right = "    " + i.Text
	}
	pad := strings.Repeat(" ", max(0, ladderWidth-len([]rune(left))))
	return fmt.Sprintf("%s  %s  %s%s │ %s\n", i.At.Local().Format("15:04:05.000"), shorten(call, 8), left, pad, right)
}

// shorten cuts a text to so many characters.
func shorten(text string, most int) string {
	runes := []rune(text)
	if most < 1 || len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
