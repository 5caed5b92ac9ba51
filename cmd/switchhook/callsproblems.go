package main

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/switchhook/switchhook/internal/insight"
)

// problems prints why calls failed in a sentence each. Beside the calls that stand above these
// are INVITEs and requests that were refused before they became a call, and calls that were
// answered and had a problem, such as sound in one direction or callbacks that nobody took. A
// server that keeps no timelines knows none of these.
func (c callsListCommand) problems(a *app, client *api) error {
	var page struct{ Value []insight.Summary }
	path := eventQuery(insight.Path+"/calls", "about", c.About, "failed", "true", "maxPageSize", strconv.Itoa(largestPage))
	err := client.do(a.ctx, "GET", path, managementVersion, nil, &page)
	if refused := new(apiError); errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	table, printed := a.table(), 0
	for _, call := range page.Value {
		if printed == c.Limit || !c.isRecent(call) {
			continue
		}
		if printed++; printed == 1 {
			fmt.Fprintln(table, "\nWhy, also of what was refused before it was a call, and of calls with a problem. `switchhook calls show ID` has everything that happened.\nBEGAN\tFROM\tTO\tID\tWHY")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", call.Begun.Local().Format(time.DateTime), call.From, call.To, call.ID, call.Reason)
	}
	return table.Flush()
}

// isRecent reports whether a call goes on, or has ended within the time that is asked for.
func (c callsListCommand) isRecent(call insight.Summary) bool {
	return c.Since <= 0 || call.End.IsZero() || time.Since(call.End) <= c.Since
}
