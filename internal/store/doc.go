// Package store keeps typed collections: values of one type by their id, in
// the order of their ids, with compare-and-set and pages. Values are JSON in a
// bucket of the backbone, or in memory. Errors are of kind fault.NotFound and
// fault.Conflict. The order of ids is kept in memory and fed by the bucket's
// own changes.
package store
