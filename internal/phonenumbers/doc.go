// Package phonenumbers is the API of phone numbers: which numbers the resource
// owns, which it could purchase, and how they are purchased and released. It obeys
// Azure's Phone numbers API of 2025-06-01, with the answers that Azure's SDKs
// have recorded.
//
// It owns the inventory: the numbers of the configuration. No number comes from
// outside it, and no carrier is asked or paid: purchasing a number makes it ours,
// and a released number stays in the inventory, where it can be purchased again.
package phonenumbers
